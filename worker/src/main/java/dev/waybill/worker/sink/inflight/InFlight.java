package dev.waybill.worker.sink.inflight;

import org.jspecify.annotations.Nullable;

/// A call that is being made, and the only way to end it from outside: its virtual thread is interrupted,
/// which closes whatever socket, queue or lookup it waits for.
///
/// ```
///   running ──abort──► aborted ──end──► ended      the first reason stays, the interrupt is taken back
///      └───────────────end────────────► ended      an abort that comes late does nothing
/// ```
public final class InFlight {

    /// Why a call was ended from outside.
    public enum Abort {
        CONNECT_TIMEOUT,
        TOTAL_TIMEOUT,
        CLOSED
    }

    private final Thread thread = Thread.currentThread();
    private @Nullable Abort reason;
    private boolean ended;

    public synchronized void abort(Abort why) {
        if (!ended && reason == null) {
            reason = why;
            thread.interrupt();
        }
    }

    /// Why it was aborted; null if it was not.
    public synchronized @Nullable Abort reason() {
        return reason;
    }

    /// No abort reaches the thread any more. Its own thread calls this once.
    public synchronized void end() {
        ended = true;
        if (reason != null) {
            // Takes back our own interrupt, so that the caller does not mistake it for the end of the worker.
            boolean _ = Thread.interrupted();
        }
    }
}
