package dev.waybill.worker.delivery;

import java.util.List;
import java.util.function.Predicate;

/// What one call of a sink is made for: a task, or several that travel together. One call takes one slot.
///
/// Its tasks are of one version of one destination, and all of them first attempts or all of them retries.
final class Call {

    private final List<Work> works;
    private boolean dropped;

    Call(List<Work> works) {
        this.works = List.copyOf(works);
        if (works.isEmpty()) {
            throw new IllegalArgumentException("a call is made for something");
        }
    }

    List<Work> works() {
        return works;
    }

    Work first() {
        return works.getFirst();
    }

    /// Whether its tasks travel as a batch, be it of one.
    boolean isBatch() {
        return first().batch() != null;
    }

    boolean isRetry() {
        return first().isRetry();
    }

    boolean isFor(Predicate<Work> which) {
        return works.stream().anyMatch(which);
    }

    /// Its tasks belong to somebody else by now: it may end, but nothing of it is tried again here.
    /// Guarded by the lock of [Lanes].
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    /// The payloads together.
    static long bytes(List<Work> works) {
        return works.stream().mapToLong(Work::payloadSize).sum();
    }
}
