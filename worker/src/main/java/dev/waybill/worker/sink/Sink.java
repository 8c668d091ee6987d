package dev.waybill.worker.sink;

import dev.waybill.topology.model.AttemptReport;

/// Makes attempts on one version of one destination. Thread-safe; several attempts run at a time.
public interface Sink extends AutoCloseable {

    /// Makes one attempt and says what came of it.
    ///
    /// Called on a virtual thread of its own, so it may block, but no longer than the timeouts of the
    /// attempt's policy. Everything that the destination can do wrong is an outcome, not an exception: an
    /// exception is taken as an error of ours and not charged to the destination. After [#close] or an
    /// interrupt it returns soon; what it then says is dropped or written like any other outcome.
    ///
    /// It never throws or reports a payload or a secret.
    ///
    /// @throws InterruptedException if the worker is stopping
    AttemptReport deliver(Attempt attempt) throws InterruptedException;

    /// Finds out whether deliveries would work, with the real credentials, and leaves nothing behind.
    ///
    /// @throws InterruptedException if the caller gave up
    ConnectionReport test() throws InterruptedException;

    @Override
    void close();
}
