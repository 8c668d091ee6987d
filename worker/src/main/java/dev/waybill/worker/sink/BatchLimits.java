package dev.waybill.worker.sink;

import java.time.Duration;

/// How much one call may carry, as a destination has it.
///
/// @param count  members at most
/// @param bytes  their payloads together at most; a larger one goes in a batch of its own
/// @param linger how long the first member waits for others; zero means not at all
/// @param ids    characters of their delivery ids together at most, with one between each two
public record BatchLimits(int count, int bytes, Duration linger, int ids) {

    /// Where ids take no room of their own.
    public BatchLimits(int count, int bytes, Duration linger) {
        this(count, bytes, linger, Integer.MAX_VALUE);
    }

    /// The same with a bound of the ids.
    public BatchLimits withIds(int max) {
        return new BatchLimits(count, bytes, linger, max);
    }

    public BatchLimits {
        if (count < 1 || bytes < 1 || linger.isNegative() || ids < 1) {
            throw new IllegalArgumentException("a batch has at least one member and one byte, and no negative linger");
        }
    }
}
