package dev.waybill.worker.sink.http;

import dev.waybill.worker.pool.PoolLimits;
import java.time.Duration;

/// How many connections to receivers are kept, and how long.
public final class HttpLimits {

    /// Load balancers drop idle connections after 60 s, hence half of it.
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    /// For a thousand attempts at a time.
    public static final PoolLimits DEFAULT = of(1_000, 8_192);

    private HttpLimits() {}

    /// Bounds for so many requests at a time.
    ///
    /// A host may have as many connections as there are requests: one that waits for a connection holds its
    /// slot all the same, so a lower bound would only make others wait. What spares a receiver is the
    /// concurrency of its destinations.
    ///
    /// @param concurrency requests that are made at a time
    /// @param total       connections that the process can afford
    public static PoolLimits of(int concurrency, int total) {
        return new PoolLimits(Math.min(concurrency, total), total, IDLE, MAX_AGE);
    }
}
