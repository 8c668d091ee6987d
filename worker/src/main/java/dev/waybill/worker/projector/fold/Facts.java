package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Response and error of a row: taken, as one, from the latest event that has any. A later event without them, say the
/// expiry of a route, does not wipe out what the last attempt saw.
public record Facts(
        long rank,
        Instant at,
        @Nullable Integer responseCode,
        @Nullable Integer responseTimeMs,
        @Nullable Map<String, String> responseHeaders,
        @Nullable String errorCode,
        @Nullable String errorMessage) {

    private static final Comparator<Facts> ORDER =
            Comparator.comparingLong(Facts::rank).thenComparing(Facts::at);

    static @Nullable Facts latest(@Nullable Facts one, @Nullable Facts other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return ORDER.compare(one, other) >= 0 ? one : other;
    }

    static @Nullable Facts of(DeliveryEvent event) {
        Observation seen = event.observation();
        if (event.type() != DeliveryEvent.Type.ATTEMPT && !seen.says()) {
            return null;
        }
        return new Facts(
                event.rank(),
                event.at(),
                seen.responseCode(),
                milliseconds(event),
                seen.responseHeaders(),
                seen.errorCode(),
                seen.errorMessage());
    }

    private static @Nullable Integer milliseconds(DeliveryEvent event) {
        Observation seen = event.observation();
        if (seen.phases() != null) {
            return clamp(Math.round(seen.phases().total() / 1000.0));
        }
        if (seen.startedAt() != null) {
            return clamp(event.at().toEpochMilli() - seen.startedAt().toEpochMilli());
        }
        return null;
    }

    /// Clocks of two machines may disagree, and a column is no place for a negative time.
    private static int clamp(long milliseconds) {
        return (int) Math.clamp(milliseconds, 0L, Integer.MAX_VALUE);
    }
}
