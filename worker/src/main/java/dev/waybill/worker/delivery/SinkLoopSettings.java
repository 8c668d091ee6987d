package dev.waybill.worker.delivery;

import java.time.Duration;

/// Bounds of one sink loop.
///
/// @param slots             attempts at the same time
/// @param admittedMax       tasks of one partition that are admitted and not known to be committed; bounds the
///                          map in the commit metadata, and what a crash can repeat
/// @param admittedBytesMax  size of all admitted tasks together; bounds the heap
/// @param commitInterval    how often what has ended is written
/// @param drainMax          how long running attempts may take to end when their partition is revoked
/// @param registryPause     how long a partition rests when the schema registry cannot be asked
public record SinkLoopSettings(
        int slots,
        int admittedMax,
        long admittedBytesMax,
        Duration commitInterval,
        Duration drainMax,
        Duration registryPause) {

    public static final SinkLoopSettings DEFAULTS = new SinkLoopSettings(
            1_000, 1_000, 256L << 20, Duration.ofMillis(50), Duration.ofSeconds(3), Duration.ofSeconds(1));

    public SinkLoopSettings {
        if (slots < 1 || admittedMax < 1 || admittedMax > 1_000 || admittedBytesMax < 1) {
            throw new IllegalArgumentException(
                    "a sink loop needs at least one slot and byte, and 1 to 1000 admitted tasks per partition");
        }
    }
}
