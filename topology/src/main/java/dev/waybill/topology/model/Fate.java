package dev.waybill.topology.model;

import dev.waybill.schemas.Kind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The final fact about one route.
///
/// @param reason       why, unless delivered
/// @param destination  id of the destination that received the payload, else of the last one tried
/// @param attempts     attempts made on all candidates
/// @param fallbackUsed whether another candidate than the first received it
/// @param joinedRoute  number of the route whose fate this one shares
public record Fate(
        int route,
        RouteStatus status,
        @Nullable String reason,
        @Nullable String destination,
        @Nullable Kind kind,
        int attempts,
        @Nullable LastFailure last,
        @Nullable Integer responseCode,
        boolean fallbackUsed,
        @Nullable Integer joinedRoute,
        @Nullable RuleChoice rule,
        List<TrailEntry> trail,
        Instant settledAt) {

    public Fate {
        trail = List.copyOf(trail);
    }
}
