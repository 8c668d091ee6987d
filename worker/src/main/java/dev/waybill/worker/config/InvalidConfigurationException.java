package dev.waybill.worker.config;

import java.util.List;

/// A configuration that cannot work. Every fault is one line that names the setting and the remedy.
public final class InvalidConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<String> faults;

    public InvalidConfigurationException(List<String> faults) {
        super(String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    public InvalidConfigurationException(String fault) {
        this(List.of(fault));
    }

    public List<String> faults() {
        return faults;
    }
}
