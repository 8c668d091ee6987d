package dev.waybill.worker.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// A connection for several callers, that notices when it has more than it takes.
final class FakeShareable implements Shareable {

    volatile int capacity;
    volatile boolean discarded;
    final AtomicInteger users = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger tended = new AtomicInteger();

    FakeShareable(int capacity) {
        this.capacity = capacity;
    }

    void enter() {
        most.accumulateAndGet(users.incrementAndGet(), Math::max);
    }

    void leave() {
        users.decrementAndGet();
    }

    @Override
    public int capacity() {
        return discarded ? 0 : capacity;
    }

    @Override
    public boolean isOver() {
        return capacity() == 0;
    }

    @Override
    public void tend() {
        tended.incrementAndGet();
    }

    @Override
    public boolean isUsable(Duration idle) {
        return capacity() > 0;
    }

    @Override
    public void discard() {
        discarded = true;
    }
}
