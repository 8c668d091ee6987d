package dev.waybill.schemas;

import java.util.Locale;
import java.util.Optional;

/// Family of providers, with one task topic and one sink processor each.
public enum Kind {
    WEBHOOK,
    EMAIL,
    STORAGE,
    TRANSFER;

    /// Name on the wire: in topic names, records and configuration.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The kind with this wire name, if there is one.
    public static Optional<Kind> parse(String wireName) {
        for (Kind kind : values()) {
            if (kind.wireName().equals(wireName)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
