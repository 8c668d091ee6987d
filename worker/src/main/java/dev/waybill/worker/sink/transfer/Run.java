package dev.waybill.worker.sink.transfer;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Something that talks to a server on its virtual thread, and the only way to end it from outside: the thread
/// is interrupted, which ends whatever answer, place or lookup it waits for.
///
/// ```
///   running ──abort──► aborted ──close──► ended      the first reason stays, the interrupt is taken back
///      └───────────────close────────────► ended      an abort that comes late does nothing
/// ```
public final class Run implements AutoCloseable {

    /// Why it was ended from outside.
    public enum Abort {
        ANSWER_TIMEOUT,
        TOTAL_TIMEOUT,
        CLOSED
    }

    private final Runs runs;
    private final Thread thread = Thread.currentThread();
    private final long end;
    private final Future<?> deadline;
    private @Nullable Abort reason;
    private boolean ended;

    Run(Runs runs, Duration total) {
        this.runs = runs;
        this.end = System.nanoTime() + total.toNanos();
        this.deadline = runs.abortAfter(total, this, Abort.TOTAL_TIMEOUT);
        runs.begin(this);
    }

    synchronized void abort(Abort why) {
        if (!ended && reason == null) {
            reason = why;
            thread.interrupt();
        }
    }

    /// Why it was aborted; null if it was not.
    public synchronized @Nullable Abort reason() {
        return reason;
    }

    /// What is left of its time.
    public Duration left() {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    /// A time that ends with an abort unless it is closed before.
    public interface Limit extends AutoCloseable {
        @Override
        void close();
    }

    /// Until it is closed the server has so long for its answer.
    public Limit answerWithin(Duration timeout) {
        Future<?> late = runs.abortAfter(timeout, this, Abort.ANSWER_TIMEOUT);
        return () -> late.cancel(false);
    }

    /// Whether a failure is that somebody interrupted the thread, and not we ourselves by [#abort].
    public boolean isInterrupted(Exception e) {
        return reason() == null && (Thread.currentThread().isInterrupted() || isInterrupt(e));
    }

    /// Libraries turn an interrupt into exceptions of their own, and forget the thread's mark.
    private static boolean isInterrupt(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof InterruptedException
                    || t instanceof ClosedByInterruptException
                    || (t instanceof InterruptedIOException && !(t instanceof SocketTimeoutException))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        deadline.cancel(false);
        runs.end(this);
        synchronized (this) {
            ended = true;
            if (reason != null) {
                // Takes back our own interrupt, so that the caller does not mistake it for the end of the worker.
                boolean _ = Thread.interrupted();
            }
        }
    }
}
