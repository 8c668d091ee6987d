package dev.waybill.worker.projector;

import java.time.Duration;

/// Waits that double up to a cap, until something works again.
final class Backoff {

    private final Duration min;
    private final Duration max;
    private Duration next;

    Backoff(Duration min, Duration max) {
        this.min = min;
        this.max = max;
        this.next = min;
    }

    Duration next() {
        Duration wait = next;
        Duration doubled = wait.multipliedBy(2);
        next = doubled.compareTo(max) < 0 ? doubled : max;
        return wait;
    }

    void reset() {
        next = min;
    }
}
