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

    /// The status with this wire name.
    ///
    /// @throws IllegalArgumentException if there is none
    public static RouteStatus parse(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
