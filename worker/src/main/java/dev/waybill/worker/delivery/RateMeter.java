package dev.waybill.worker.delivery;

import java.time.Duration;

/// Events per second, as an exponentially decaying average over about [#MEMORY]. Times are nanoseconds of a
/// clock that only goes forward.
final class RateMeter {

    /// Long enough to see through one slow answer, short enough to notice within seconds that a destination
    /// stopped.
    static final Duration MEMORY = Duration.ofSeconds(10);

    private static final double MEMORY_SECONDS = MEMORY.toSeconds();

    /// Below this a rate is more chance than measurement.
    private static final double SPAN_MIN_SECONDS = 0.1;

    private final long since;
    private double weight;
    private long last;

    /// Measures from now on.
    RateMeter(long now) {
        this.since = now;
        this.last = now;
    }

    /// For how long it has been measuring.
    Duration age(long now) {
        return Duration.ofNanos(Math.max(0, now - since));
    }

    void mark(long now) {
        mark(now, 1);
    }

    /// So many events at once.
    void mark(long now, long events) {
        weight = decayed(now) + events;
        last = now;
    }

    /// The average so far; that of a meter that is younger than its memory is over its age.
    double perSecond(long now) {
        double age = Math.max(SPAN_MIN_SECONDS, age(now).toNanos() / 1e9);
        return decayed(now) / (MEMORY_SECONDS * (1 - Math.exp(-age / MEMORY_SECONDS)));
    }

    private double decayed(long now) {
        // Threads read the clock before they take turns here, so a reading may be a little older than the last one.
        double elapsed = Math.max(0, now - last) / 1e9;
        return weight * Math.exp(-elapsed / MEMORY_SECONDS);
    }
}
