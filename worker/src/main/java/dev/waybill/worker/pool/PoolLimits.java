package dev.waybill.worker.pool;

import java.time.Duration;

/// Bounds of the connections to keep.
///
/// @param perPeer connections to one peer at a time
/// @param total   connections at a time; the longest idle ones give way to new ones
/// @param idle    how long an unused connection is kept, where the peer does not say less
/// @param maxAge  how long a connection is used at all, so that a changed DNS record holds in the end
public record PoolLimits(int perPeer, int total, Duration idle, Duration maxAge) {

    public PoolLimits {
        if (perPeer < 1 || total < 1 || !idle.isPositive() || !maxAge.isPositive()) {
            throw new IllegalArgumentException("limits of a pool must be positive");
        }
    }
}
