package dev.waybill.worker.pool;

import java.time.Duration;

/// A connection as a pool sees it. One thread at a time has it.
public interface Pooled {

    /// Whether it can be used again. May wait a moment for what the other side has to say.
    ///
    /// @param idle how long nobody has used it
    boolean isUsable(Duration idle);

    /// Ends it at once, whatever its state, and never fails.
    void discard();
}
