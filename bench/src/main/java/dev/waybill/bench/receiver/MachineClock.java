package dev.waybill.bench.receiver;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Time that all processes of this machine agree on and that nobody sets: a wall clock corrected while a benchmark
/// runs would end up in its latencies.
public final class MachineClock {

    private MachineClock() {}

    /// Microseconds since the machine was started.
    public static long micros() {
        return System.nanoTime() / 1_000;
    }

    /// What to add to [#micros] for epoch microseconds, as the wall clock sees it now.
    public static long toEpoch() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - micros();
    }
}
