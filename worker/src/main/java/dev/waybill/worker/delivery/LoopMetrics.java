package dev.waybill.worker.delivery;

import dev.waybill.schemas.Kind;
import java.time.Duration;
import java.util.function.Supplier;

/// What the loops count. Thread-safe.
public interface LoopMetrics {

    /// Counts nothing.
    LoopMetrics NONE = new LoopMetrics() {};

    /// A reading of a loop's gauges, taken whenever somebody asks.
    ///
    /// @param inFlight          attempts that run
    /// @param admitted          tasks admitted and not known to be committed
    /// @param pausedPartitions  partitions that give no records for now
    /// @param oldestInFlight    age of the attempt that runs longest; zero if none does
    /// @param shutDestinations  destinations with tasks here lately that are left alone for now
    /// @param oldestAdmitted    age of the task that has been admitted for longest; zero if there is none
    /// @param stuck             attempts that were written off and have not come back, each with its thread
    record Gauges(
            int inFlight,
            int admitted,
            int pausedPartitions,
            Duration oldestInFlight,
            int shutDestinations,
            Duration oldestAdmitted,
            int stuck) {}

    /// A loop of the kind has started; its gauges may be read until it is [#stopped].
    default void started(Kind kind, Supplier<Gauges> gauges) {}

    /// A loop has stopped, maybe to be started anew.
    ///
    /// @param gauges the very ones it was started with
    default void stopped(Kind kind, Supplier<Gauges> gauges) {}

    /// An attempt ran beyond every bound and was written off.
    default void attemptStuck(Kind kind) {}

    /// An operator is warned that a destination is on its way to be given up.
    default void destinationWarned(Kind kind) {}

    /// A lane had no room, the task waits in a retry topic.
    default void overflowed(Kind kind) {}

    /// The breaker of a destination opened, for the first time or once more.
    default void breakerOpened(Kind kind) {}

    /// A destination was given up until it is changed.
    default void destinationDisabled(Kind kind) {}

    /// Bytes that are no task went to the dead letters.
    default void poison(Kind kind) {}

    /// A task's attempt starts so long after it was due.
    default void lag(Kind kind, Duration lag) {}

    /// A call was made for a batch of so many tasks.
    default void batch(Kind kind, int members) {}

    /// A batch was refused as a whole and goes again in halves.
    default void batchSplit(Kind kind) {}

    /// Outcomes of this many tasks were committed.
    default void written(Kind kind, int tasks) {}

    /// A transaction failed; its outcomes will be written again.
    default void writeFailed(Kind kind) {}

    /// Tasks that the forwarder took from a retry topic back to the router.
    default void forwarded(int tasks) {}
}
