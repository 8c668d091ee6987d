package dev.waybill.topology.routing;

import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Policy;
import dev.waybill.topology.policy.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// Spreads what waits for a destination over the time that it will need for it, so that a backlog does not come back
/// all at once. Kept in memory only: who starts anew begins at the front, which costs a turn.
final class WaitingPlaces {

    /// How long an attempt takes on a destination that works again.
    private static final Duration ATTEMPT = Duration.ofMillis(100);

    /// Nobody's place is later than this after the destination is back: by then the rate assumed says nothing.
    static final Duration LATEST = Duration.ofHours(1);

    /// Destinations that are remembered. Past this, all places are given anew.
    static final int DESTINATIONS_MAX = 100_000;

    private final Map<UUID, Instant> last = new HashMap<>();

    /// The next place of those who wait for a destination.
    ///
    /// @param until when it takes deliveries again
    Instant next(Destination destination, Instant until, Instant now) {
        if (last.size() >= DESTINATIONS_MAX) {
            last.values().removeIf(place -> !place.isAfter(now));
        }
        if (last.size() >= DESTINATIONS_MAX) {
            last.clear();
        }
        return last.compute(destination.id(), (_, before) -> {
            Instant place = before == null || before.isBefore(until) ? until : before.plus(each(destination.policy()));
            return place.isAfter(until.plus(LATEST)) ? until : place;
        });
    }

    /// How long the destination takes for one delivery, as far as its policy tells.
    private static Duration each(Policy policy) {
        Duration each = ATTEMPT.dividedBy(policy.concurrency().cap());
        RateLimit limit = policy.rateLimit();
        Duration permitted = limit == null ? each : limit.period().dividedBy(limit.permits());
        return permitted.compareTo(each) > 0 ? permitted : each;
    }
}
