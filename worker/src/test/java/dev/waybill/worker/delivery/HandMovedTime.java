package dev.waybill.worker.delivery;

import java.time.Duration;
import java.time.Instant;

/// Clocks that go when they are told to. Whoever sleeps moves them.
final class HandMovedTime implements LoopTime {

    private Instant wall = Samples.START;
    private Instant latest = wall;
    private long nanos;
    private Runnable onSleep = () -> {};

    @Override
    public Instant now() {
        return wall;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration duration) {
        move(duration);
        onSleep.run();
    }

    void move(Duration by) {
        wall = wall.plus(by);
        latest = latest.plus(by);
        nanos += by.toNanos();
    }

    /// Sets the wall clock only.
    void stepWall(Duration by) {
        wall = wall.plus(by);
        latest = wall.isAfter(latest) ? wall : latest;
    }

    /// What a wall clock would show that is never set back.
    Instant latest() {
        return latest;
    }

    /// What else happens while somebody sleeps.
    void whileSleeping(Runnable action) {
        onSleep = action;
    }
}
