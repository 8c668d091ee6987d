package dev.waybill.topology.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The one terminal fact about a delivery.
///
/// @param reason      why, unless delivered
/// @param routes      the fate of each route, by number
/// @param duplicateOf the delivery that this one repeats
public record Result(
        Delivery delivery,
        ResultStatus status,
        @Nullable String reason,
        List<Fate> routes,
        @Nullable String duplicateOf,
        Instant completedAt) {

    public Result {
        routes = List.copyOf(routes);
    }

    /// The result of a delivery whose routes have all ended.
    public static Result settled(Delivery delivery, List<Fate> routes, Instant now) {
        ResultStatus status = ResultStatus.of(routes.stream().map(Fate::status).toList());
        String reason = status == ResultStatus.DELIVERED ? null : reasonOf(routes);
        return new Result(delivery, status, reason, routes, null, now);
    }

    /// The result of a delivery that was never routed.
    public static Result rejected(Delivery delivery, String reason, Instant now) {
        return new Result(delivery, ResultStatus.REJECTED, reason, List.of(), null, now);
    }

    public static Result duplicate(Delivery delivery, String firstDeliveryId, Instant now) {
        return new Result(delivery, ResultStatus.DUPLICATE, "duplicate", List.of(), firstDeliveryId, now);
    }

    /// The reason of the first route that was not delivered.
    private static @Nullable String reasonOf(List<Fate> routes) {
        return routes.stream()
                .filter(fate -> fate.status() != RouteStatus.DELIVERED)
                .map(Fate::reason)
                .findFirst()
                .orElse(null);
    }
}
