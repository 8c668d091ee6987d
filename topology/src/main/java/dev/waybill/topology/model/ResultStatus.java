package dev.waybill.topology.model;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// How a delivery ended.
public enum ResultStatus {
    DELIVERED,
    PARTIAL,
    FAILED,
    REJECTED,
    EXPIRED,
    CANCELLED,
    DUPLICATE;

    /// The status of a delivery whose routes ended so.
    ///
    /// All delivered is `DELIVERED`, some is `PARTIAL`. With none delivered, routes that all ended the same way
    /// give that way, and any mixture is `FAILED`.
    ///
    /// @throws IllegalArgumentException if there is no fate: such a delivery was never routed
    public static ResultStatus of(Collection<RouteStatus> fates) {
        if (fates.isEmpty()) {
            throw new IllegalArgumentException("a delivery without routes has no combined status");
        }
        Set<RouteStatus> seen = EnumSet.copyOf(fates);
        if (seen.contains(RouteStatus.DELIVERED)) {
            return seen.size() == 1 ? DELIVERED : PARTIAL;
        }
        return seen.size() == 1 ? same(seen.iterator().next()) : FAILED;
    }

    private static ResultStatus same(RouteStatus status) {
        return switch (status) {
            case DELIVERED -> DELIVERED;
            case FAILED, SKIPPED -> FAILED;
            case REJECTED -> REJECTED;
            case EXPIRED -> EXPIRED;
            case CANCELLED -> CANCELLED;
        };
    }

    /// As it stands in a row's `status`.
    public String rowName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
