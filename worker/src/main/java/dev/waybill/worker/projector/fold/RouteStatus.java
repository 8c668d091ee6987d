package dev.waybill.worker.projector.fold;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Status of a delivery at one destination. Names and order are those of the database's `delivery_status`: the order
/// decides between two events of equal rank and time, here and there alike.
public enum RouteStatus {
    PENDING,
    QUEUED,
    DELIVERING,
    RETRYING,
    DELIVERED,
    FAILED,
    REJECTED,
    SKIPPED,
    EXPIRED,
    CANCELLED;

    private static final Map<String, RouteStatus> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(RouteStatus::wireName, Function.identity()));

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<RouteStatus> of(String wireName) {
        return Optional.ofNullable(BY_NAME.get(wireName));
    }
}
