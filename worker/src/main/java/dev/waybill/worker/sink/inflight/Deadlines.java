package dev.waybill.worker.sink.inflight;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Ends calls that take too long. A socket has a timeout for one read only: a receiver that drips one byte at a
/// time, or takes none, would hold its slot for ever.
public final class Deadlines implements AutoCloseable {

    private final ScheduledThreadPoolExecutor timer;

    /// Starts a timer.
    ///
    /// @param name of its thread
    public Deadlines(String name) {
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name(name).factory());
        // Nearly every deadline is cancelled: they must not pile up until their time.
        timer.setRemoveOnCancelPolicy(true);
    }

    /// Aborts the call when the time is over, unless the returned future is cancelled before.
    public Future<?> abortAfter(Duration delay, InFlight call, InFlight.Abort reason) {
        return timer.schedule(() -> call.abort(reason), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Does something again and again; it must be quick, since deadlines wait for it.
    public void every(Duration period, Runnable task) {
        var _ = timer.scheduleWithFixedDelay(task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
