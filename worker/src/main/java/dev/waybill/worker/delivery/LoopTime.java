package dev.waybill.worker.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The clocks of the loops. Due times are told by the wall clock, which may be stepped; waits by one that never is.
interface LoopTime {

    Instant now();

    /// Nanoseconds of a clock that only goes forward; means nothing but in differences.
    long nanos();

    void sleep(Duration duration) throws InterruptedException;

    static LoopTime of(InstantSource wall) {
        return new LoopTime() {
            @Override
            public Instant now() {
                return wall.instant();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                Thread.sleep(duration);
            }
        };
    }
}
