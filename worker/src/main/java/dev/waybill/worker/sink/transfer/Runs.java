package dev.waybill.worker.sink.transfer;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// What one sink has in flight, so that closing it ends them.
final class Runs implements AutoCloseable {

    private final Timer timer;
    private final Set<Run> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Runs(Timer timer) {
        this.timer = timer;
    }

    /// Begins one on the calling thread, which closes it.
    ///
    /// @throws IllegalStateException on a platform thread: interrupting one does not end what it waits for
    Run start(Duration total) {
        if (!Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("transfers are made on virtual threads");
        }
        return new Run(this, total);
    }

    boolean isClosed() {
        return closed;
    }

    void begin(Run run) {
        running.add(run);
        if (closed) {
            run.abort(Run.Abort.CLOSED);
        }
    }

    void end(Run run) {
        running.remove(run);
    }

    Future<?> abortAfter(Duration delay, Run run, Run.Abort reason) {
        return timer.scheduler().schedule(() -> run.abort(reason), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        closed = true;
        running.forEach(run -> run.abort(Run.Abort.CLOSED));
    }
}
