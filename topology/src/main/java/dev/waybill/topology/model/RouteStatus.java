package dev.waybill.topology.model;

import java.util.Locale;

/// How a route ended; the final values of `delivery_status`.
public enum RouteStatus {
    DELIVERED,
    FAILED,
    REJECTED,
    SKIPPED,
    EXPIRED,
    CANCELLED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException if no status has this name
    public static RouteStatus parse(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
