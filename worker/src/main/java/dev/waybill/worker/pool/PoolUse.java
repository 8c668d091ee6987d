package dev.waybill.worker.pool;

import java.time.Duration;

/// What a pool holds now, and what became of its connections so far.
///
/// @param inUse   connections that somebody works with
/// @param idle    open ones that nobody does
/// @param waiting callers who wait for one
/// @param max     connections at most
public record PoolUse(int inUse, int idle, int waiting, int max, Totals totals) {

    /// Counts since the pool was made.
    ///
    /// @param created connections that were made
    /// @param reused  times that somebody was given one that had been used before
    /// @param broken  connections that failed while used, or were found closed by the other side
    /// @param evicted connections that were closed because of their age, or to make room
    /// @param waits   times that somebody had to wait for a place
    /// @param waited  how long, all together
    public record Totals(long created, long reused, long broken, long evicted, long waits, Duration waited) {

        public static final Totals NONE = new Totals(0, 0, 0, 0, 0, Duration.ZERO);
    }
}
