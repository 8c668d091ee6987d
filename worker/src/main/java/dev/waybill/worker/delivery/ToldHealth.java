package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Health;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How destinations are doing as far as it was told: by whoever had their partitions before, and by this loop.
/// Called by the loop's thread only.
///
/// A task says what the router saw when it sent it. That may be long before a breaker opened whose owner has died
/// since.
interface ToldHealth extends AutoCloseable {

    /// Only tasks say how destinations are doing.
    ToldHealth NONE = new ToldHealth() {};

    /// Partitions were assigned: what was told until now is to be known.
    default void begin() {}

    /// Reads on, for a moment.
    ///
    /// @return whether all is known that was told until [#begin]
    default boolean catchUp() {
        return true;
    }

    /// What is known of a destination.
    ///
    /// @param seen as its task says it; null if well
    /// @return null if well
    default @Nullable Health latest(UUID destination, @Nullable Health seen) {
        return seen;
    }

    /// This loop has told something itself.
    ///
    /// @param key   of the record
    /// @param value of the record; null if the destination is well
    default void told(String key, byte @Nullable [] value) {}

    @Override
    default void close() {}
}
