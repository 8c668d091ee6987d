package dev.waybill.topology.policy;

import java.time.Duration;

/// At most `permits` attempts may start in any `period`.
public record RateLimit(int permits, Duration period) {

    public RateLimit {
        if (permits < 1 || period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("a rate limit needs at least one permit and a positive period");
        }
    }
}
