package dev.waybill.worker.delivery;

import java.time.Duration;
import java.time.Instant;

/// Events per second, as an exponentially decaying average over about [#MEMORY].
final class RateMeter {

    /// Long enough to see through one slow answer, short enough to notice within seconds that a destination stopped.
    static final Duration MEMORY = Duration.ofSeconds(10);

    private static final double MEMORY_SECONDS = MEMORY.toSeconds();

    private double weight;
    private Instant last;

    RateMeter(Instant now) {
        this.last = now;
    }

    void mark(Instant now) {
        weight = decayed(now) + 1;
        last = now;
    }

    double perSecond(Instant now) {
        return decayed(now) / MEMORY_SECONDS;
    }

    private double decayed(Instant now) {
        // A clock that was set back must not make the weight grow.
        double elapsed = Math.max(0, Duration.between(last, now).toNanos() / 1e9);
        return weight * Math.exp(-elapsed / MEMORY_SECONDS);
    }
}
