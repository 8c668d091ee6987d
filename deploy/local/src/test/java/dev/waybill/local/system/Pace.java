package dev.waybill.local.system;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/// Does something a number of times at an even rate.
final class Pace {

    private Pace() {}

    static void run(int times, int perSecond, IntConsumer each) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            long at = start + i * 1_000_000_000L / perSecond;
            long wait = at - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            each.accept(i);
        }
    }
}
