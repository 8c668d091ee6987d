package dev.waybill.topology.codec;

import java.util.List;
import java.util.stream.Collectors;

/// A record that decodes but breaks a rule of its schema's documentation. The message says which, and what to do.
public final class InvalidRecordException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public InvalidRecordException(String message) {
        super(message);
    }

    public InvalidRecordException(String message, Throwable cause) {
        super(message, cause);
    }

    public InvalidRecordException(List<FieldFault> faults) {
        super(faults.stream().map(FieldFault::toString).collect(Collectors.joining("; ")));
    }
}
