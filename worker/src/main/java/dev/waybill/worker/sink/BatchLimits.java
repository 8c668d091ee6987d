package dev.waybill.worker.sink;

import java.time.Duration;

/// How much one call may carry, as a destination has it.
///
/// @param count  members at most
/// @param bytes  their payloads together at most; a larger one goes in a batch of its own
/// @param linger how long the first member waits for others; zero means not at all
public record BatchLimits(int count, int bytes, Duration linger) {

    public BatchLimits {
        if (count < 1 || bytes < 1 || linger.isNegative()) {
            throw new IllegalArgumentException("a batch has at least one member and one byte, and no negative linger");
        }
    }
}
