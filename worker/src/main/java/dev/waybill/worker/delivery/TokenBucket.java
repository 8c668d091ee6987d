package dev.waybill.worker.delivery;

import dev.waybill.topology.policy.RateLimit;
import java.time.Duration;
import java.time.Instant;

/// Holds a destination to its rate limit: a bucket of `permits` tokens that fills evenly once per period.
final class TokenBucket {

    private final RateLimit limit;
    private double tokens;
    private Instant filledAt;

    TokenBucket(RateLimit limit, Instant now) {
        this.limit = limit;
        this.tokens = limit.permits();
        this.filledAt = now;
    }

    RateLimit limit() {
        return limit;
    }

    boolean tryTake(Instant now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /// When the next token is there, if none is taken before.
    Instant nextAt(Instant now) {
        fill(now);
        if (tokens >= 1) {
            return now;
        }
        long nanos = (long) Math.ceil((1 - tokens) * nanosPerToken());
        return now.plusNanos(nanos);
    }

    private void fill(Instant now) {
        long elapsed = Math.max(0, Duration.between(filledAt, now).toNanos());
        tokens = Math.min(limit.permits(), tokens + elapsed / nanosPerToken());
        filledAt = now;
    }

    private double nanosPerToken() {
        return (double) limit.period().toNanos() / limit.permits();
    }
}
