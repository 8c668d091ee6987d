package dev.waybill.worker.sink.http;

import org.jspecify.annotations.Nullable;

/// A request that is being made, and the only way to end it from outside: its virtual thread is interrupted,
/// which closes whatever socket, queue or lookup it waits for.
///
/// ```
///   running ──abort──► aborted ──end──► ended      the first reason stays, the interrupt is taken back
///      └───────────────end────────────► ended      an abort that comes late does nothing
/// ```
final class InFlight {

    /// Why a request was ended from outside.
    enum Abort {
        CONNECT_TIMEOUT,
        TOTAL_TIMEOUT,
        CLOSED
    }

    private final Thread thread = Thread.currentThread();
    private @Nullable Abort reason;
    private boolean ended;

    synchronized void abort(Abort why) {
        if (!ended && reason == null) {
            reason = why;
            thread.interrupt();
        }
    }

    /// Why it was aborted; null if it was not.
    synchronized @Nullable Abort reason() {
        return reason;
    }

    /// No abort reaches the thread any more. Its own thread calls this once.
    synchronized void end() {
        ended = true;
        if (reason != null) {
            // Takes back our own interrupt, so that the caller does not mistake it for the end of the worker.
            boolean _ = Thread.interrupted();
        }
    }
}
