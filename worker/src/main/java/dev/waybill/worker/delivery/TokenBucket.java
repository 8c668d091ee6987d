package dev.waybill.worker.delivery;

import dev.waybill.topology.policy.RateLimit;

/// Holds a destination to its rate limit: a bucket of `burst` tokens into which `permits` come evenly per period.
/// Times are nanoseconds of a clock that only goes forward.
///
/// A new bucket holds what comes within a second, and at least one token: what was sent before is not known, and
/// a full one would give the burst again with every restart and move.
final class TokenBucket {

    /// Nobody moves a partition faster.
    private static final double START_NANOS = 1e9;

    private final RateLimit limit;
    private double tokens;
    private long filledAt;

    TokenBucket(RateLimit limit, long now) {
        this.limit = limit;
        this.tokens = Math.clamp(START_NANOS / nanosPerToken(), 1, limit.burst());
        this.filledAt = now;
    }

    RateLimit limit() {
        return limit;
    }

    boolean tryTake(long now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    boolean isFull(long now) {
        fill(now);
        return tokens >= limit.burst();
    }

    /// When the next token is there, if none is taken before.
    long nextAt(long now) {
        fill(now);
        return tokens >= 1 ? now : now + (long) Math.ceil((1 - tokens) * nanosPerToken());
    }

    private void fill(long now) {
        // A reading of the clock that is older than the last one adds nothing, and takes nothing away.
        long elapsed = Math.max(0, now - filledAt);
        tokens = Math.min(limit.burst(), tokens + elapsed / nanosPerToken());
        filledAt += elapsed;
    }

    private double nanosPerToken() {
        return (double) limit.period().toNanos() / limit.permits();
    }
}
