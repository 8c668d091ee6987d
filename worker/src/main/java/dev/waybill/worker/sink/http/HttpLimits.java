package dev.waybill.worker.sink.http;

import java.time.Duration;

/// Bounds of the connections to keep.
///
/// @param perHost connections to one scheme, host and port at a time
/// @param total   connections at a time; the longest idle ones give way to new ones
/// @param idle    how long an unused connection is kept, where the receiver does not say less
/// @param maxAge  how long a connection is used at all, so that a changed DNS record holds in the end
public record HttpLimits(int perHost, int total, Duration idle, Duration maxAge) {

    /// `perHost` is far above one destination's concurrency (16 by default), because many destinations share a
    /// host; `total` stays well below the usual limit of 65 536 file descriptors. Load balancers drop idle
    /// connections after 60 s, hence half of it.
    public static final HttpLimits DEFAULT = new HttpLimits(512, 8_192, Duration.ofSeconds(30), Duration.ofMinutes(5));

    public HttpLimits {
        if (perHost < 1 || total < 1 || !idle.isPositive() || !maxAge.isPositive()) {
            throw new IllegalArgumentException("connection limits must be positive");
        }
    }
}
