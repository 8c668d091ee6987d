package dev.waybill.worker.sink.http;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Ends calls that take too long. A socket has a timeout for one read only: a receiver that drips one byte at a
/// time, or takes none, would hold its slot for ever.
final class Deadlines implements AutoCloseable {

    private final ScheduledThreadPoolExecutor timer;

    Deadlines() {
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("waybill-http-timer").factory());
        // Nearly every deadline is cancelled: they must not pile up until their time.
        timer.setRemoveOnCancelPolicy(true);
    }

    /// Aborts the call when the time is over, unless the returned future is cancelled before.
    Future<?> abortAfter(Duration delay, InFlight call, InFlight.Abort reason) {
        return timer.schedule(() -> call.abort(reason), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    void every(Duration period, Runnable task) {
        var _ = timer.scheduleWithFixedDelay(task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
