package dev.waybill.topology.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that happened to a route, or to a delivery as a whole; rows of the read model are a fold over these.
///
/// @param type           what kind of event
/// @param route          the route it is about, after the event was ranked; null for the delivery as a whole
/// @param routes         routes of the delivery; 0 where it was rejected or is a duplicate
/// @param destination    the destination it is about; null for the delivery as a whole
/// @param status         `delivery_status` of this delivery at this destination afterwards
/// @param deliveryStatus status of the delivery as a whole afterwards; null where it does not change
/// @param reason         why, for all but queued and delivered
/// @param duplicateOf    the delivery that this one repeats
/// @param attempt        number of the attempt on this destination; 0 where there was none
/// @param report         what the attempt observed
/// @param dueAt          when the next attempt is due
/// @param at             when it happened, by the clock of who writes it
public record Event(
        Type type,
        Delivery delivery,
        @Nullable Route route,
        int routes,
        @Nullable Destination destination,
        @Nullable String status,
        @Nullable String deliveryStatus,
        @Nullable String reason,
        @Nullable String duplicateOf,
        int attempt,
        @Nullable AttemptReport report,
        @Nullable Instant dueAt,
        Instant at) {

    /// Rank of an event of the delivery as a whole: such an event ends it, so nothing ranks higher.
    public static final long FINAL_RANK = Long.MAX_VALUE;

    /// Kinds of events.
    public enum Type {
        /// The router gave the route to this destination.
        QUEUED,
        /// An attempt was made.
        ATTEMPT,
        /// The router passed over this destination.
        SKIPPED,
        /// The route, or the delivery as a whole, ended without an attempt.
        SETTLED
    }

    /// The delivery was accepted and waits until a destination becomes known; before anything of higher rank.
    public static Event opened(Delivery delivery, int routes, Instant at) {
        return new Event(
                Type.QUEUED, delivery, Route.unresolved(), routes, null, null, "queued", null, null, 0, null, null, at);
    }

    /// An event of the delivery as a whole, with its end.
    public static Event ofDelivery(
            Delivery delivery,
            int routes,
            ResultStatus status,
            @Nullable String reason,
            @Nullable String duplicateOf,
            Instant at) {
        return new Event(
                Type.SETTLED,
                delivery,
                null,
                routes,
                null,
                null,
                status.rowName(),
                reason,
                duplicateOf,
                0,
                null,
                null,
                at);
    }
}
