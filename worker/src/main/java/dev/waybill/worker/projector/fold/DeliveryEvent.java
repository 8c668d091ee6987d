package dev.waybill.worker.projector.fold;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An event of a route, or of a delivery as a whole, read and checked.
///
/// @param target null where the event names no destination that could be a row's key
/// @param status status at the target after the event
/// @param deliveryStatus status of the whole delivery after the event; null where the event does not change it
/// @param attempt number of the attempt, 0 where there was none
/// @param attempts attempts charged to the target so far
public record DeliveryEvent(
        Type type,
        long rank,
        int route,
        int routes,
        Instant at,
        RequestFacts request,
        @Nullable Target target,
        @Nullable RouteStatus status,
        @Nullable String deliveryStatus,
        @Nullable String reason,
        @Nullable String duplicateOf,
        @Nullable String ruleId,
        @Nullable Long ruleVersion,
        @Nullable String ruleSelection,
        @Nullable String ruleTier,
        int attempt,
        int attempts,
        @Nullable Integer maxAttempts,
        @Nullable Instant dueAt,
        String trigger,
        @Nullable String worker,
        Observation observation)
        implements Change {

    /// What happened.
    public enum Type {
        QUEUED,
        ATTEMPT,
        SKIPPED,
        SETTLED
    }
}
