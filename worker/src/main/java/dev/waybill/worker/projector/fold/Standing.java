package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// How a route stands at a destination: what a row takes, as one, from the latest event.
///
/// Events are ordered by rank. Two routes of a delivery can come to the same destination with the same rank; then time
/// and at last the status decide, so that the order in which events are read never matters.
public record Standing(
        long rank,
        Instant at,
        RouteStatus status,
        int route,
        @Nullable String ruleId,
        @Nullable Long ruleVersion,
        @Nullable String ruleSelection,
        @Nullable String ruleTier,
        @Nullable String reason,
        @Nullable Integer maxAttempts,
        @Nullable Instant dueAt) {

    static final Comparator<Standing> ORDER =
            Comparator.comparingLong(Standing::rank).thenComparing(Standing::at).thenComparing(Standing::status);
}
