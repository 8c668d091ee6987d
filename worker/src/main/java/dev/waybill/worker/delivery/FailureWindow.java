package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.Arrays;

/// Counts attempts and failures of the last while, in slots of a tenth of it. Times are nanoseconds of a clock that
/// only
/// goes forward.
final class FailureWindow {

    /// So the window is right to a tenth.
    private static final int SLOTS = 10;

    private final long slotNanos;
    private final long[] attempts = new long[SLOTS];
    private final long[] failures = new long[SLOTS];
    private long slot;

    FailureWindow(Duration window, long now) {
        this.slotNanos = Math.max(1, window.toNanos() / SLOTS);
        this.slot = Math.floorDiv(now, slotNanos);
    }

    void count(boolean failed, long now) {
        move(now);
        int at = Math.floorMod(slot, SLOTS);
        attempts[at]++;
        failures[at] += failed ? 1 : 0;
    }

    long attempts(long now) {
        move(now);
        return Arrays.stream(attempts).sum();
    }

    long failures(long now) {
        move(now);
        return Arrays.stream(failures).sum();
    }

    void clear() {
        Arrays.fill(attempts, 0);
        Arrays.fill(failures, 0);
    }

    private void move(long now) {
        long to = Math.floorDiv(now, slotNanos);
        if (to - slot >= SLOTS) {
            clear();
        } else {
            for (long next = slot + 1; next <= to; next++) {
                int at = Math.floorMod(next, SLOTS);
                attempts[at] = 0;
                failures[at] = 0;
            }
        }
        // Threads read the clock before they take turns here, so a reading may be a little older than the last one.
        slot = Math.max(slot, to);
    }
}
