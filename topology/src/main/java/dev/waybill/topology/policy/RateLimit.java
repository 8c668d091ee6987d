package dev.waybill.topology.policy;

import java.time.Duration;

/// How many attempts may start: `permits` in each `period` in the long run, evenly, and after a pause `burst` of them
/// at once. So no period sees more than `permits + burst`.
public record RateLimit(int permits, Duration period, int burst) {

    public RateLimit {
        if (permits < 1 || period.isNegative() || period.isZero() || burst < 1) {
            throw new IllegalArgumentException("a rate limit needs at least one permit, a positive period and a burst");
        }
    }

    /// With a burst of one period's permits.
    public RateLimit(int permits, Duration period) {
        this(permits, period, permits);
    }
}
