package dev.waybill.worker.delivery;

/// Something that is done over and over by one platform thread, see [LoopThread].
public interface Loop extends AutoCloseable {

    /// Does what there is to do and returns within about a second, so that a stop is noticed.
    void step();

    /// Ends what can be ended in time and gives everything back. Called by the same thread.
    @Override
    void close();
}
