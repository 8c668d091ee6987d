package dev.waybill.worker.delivery;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What one call of a sink is made for: a task, or several that travel together. One call takes one slot.
///
/// Its tasks are of one version of one destination, and all of them first attempts or all of them retries.
final class Call {

    private final List<Work> works;
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile @Nullable Thread maker;
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

    /// Claims the right to say what became of its tasks: whoever makes the call does so when it ends, the loop
    /// when it has given up waiting for that.
    ///
    /// @return false if that was said already
    boolean settle() {
        return settled.compareAndSet(false, true);
    }

    boolean isSettled() {
        return settled.get();
    }

    /// The thread that makes it, while it does; null otherwise.
    void madeBy(@Nullable Thread thread) {
        maker = thread;
    }

    /// Nobody waits for what it makes any more.
    void interrupt() {
        Thread thread = maker;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /// The payloads together.
    static long bytes(List<Work> works) {
        return works.stream().mapToLong(Work::payloadSize).sum();
    }
}
