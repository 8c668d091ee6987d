package dev.waybill.bench.load;

import java.time.Duration;

/// How much is asked of a system under test.
public sealed interface Pace {

    /// As much as it can do: so many deliveries are always on their way.
    record Saturating(int outstanding) implements Pace {}

    /// So many a second, whatever becomes of them.
    record Steady(double perSecond) implements Pace {}

    /// When a run ends: after so many deliveries, or after so long.
    record Bounds(int deliveries, Duration time) {}
}
