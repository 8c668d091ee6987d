package dev.waybill.worker.pool;

import java.time.Duration;

/// A connection that is well until it is told otherwise.
final class FakeConnection implements Pooled {

    final String peer;
    volatile boolean well = true;
    volatile boolean discarded;

    FakeConnection(String peer) {
        this.peer = peer;
    }

    @Override
    public boolean isUsable(Duration idle) {
        return well && !discarded;
    }

    @Override
    public void discard() {
        discarded = true;
    }
}
