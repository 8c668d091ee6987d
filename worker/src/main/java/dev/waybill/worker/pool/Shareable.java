package dev.waybill.worker.pool;

/// A connection that several callers may use at a time. All its methods are thread-safe.
public interface Shareable extends Pooled {

    /// How many callers it takes at a time, those it has included; 0 if it takes no new ones now.
    int capacity();

    /// Whether it will never take a new one again.
    boolean isOver();

    /// Looks after it while it is in use, every few seconds.
    void tend();
}
