package dev.waybill.worker.sink.transfer;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Ends what takes too long, and looks after connections that nobody uses. One for a provider.
public final class Timer implements AutoCloseable {

    private final ScheduledThreadPoolExecutor scheduler;

    /// Starts its thread when there is something to do.
    public Timer(String provider) {
        this.scheduler = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform()
                        .daemon()
                        .name("waybill-" + provider + "-timer")
                        .factory());
        // Nearly every deadline is cancelled: they must not pile up until their time.
        scheduler.setRemoveOnCancelPolicy(true);
    }

    ScheduledThreadPoolExecutor scheduler() {
        return scheduler;
    }

    /// Does something again and again, on a thread that may wait.
    public void every(Duration period, Runnable task) {
        var _ = scheduler.scheduleWithFixedDelay(
                () -> Thread.startVirtualThread(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
