package dev.waybill.worker.sink;

import java.util.List;

/// A sink that delivers several payloads in one call. [SinkProvider#batches] says which may travel
/// together.
public interface BatchSink extends Sink {

    /// Makes one call for several attempts, at least one, and says what came of each of them.
    ///
    /// What [Sink#deliver] promises holds here too. A member that is alone gets an outcome: a refusal of
    /// it is taken as that.
    ///
    /// @throws InterruptedException if the worker is stopping
    BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException;
}
