package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.OptionalLong;

/// When the records of one partition of a retry topic have waited long enough. Confined to the forwarder's thread.
///
/// A record is due its topic's delay after its timestamp. The wall clock that says so may be stepped, here or where the
/// record was written; so a record is also due as much later than an earlier one as their timestamps
/// differ, and at the latest one delay after it came to the head, both by the monotonic clock. And where
/// the task itself is due sooner, because it was put here while the clock was wrong, it does not wait for
/// the delay.
final class RetryQueue {

    private final long delayMillis;
    /// The monotonic time at which a record stamped `anchorTimestamp` was due.
    private long anchorMillis;

    private long anchorTimestamp;
    private boolean anchored;

    private long headOffset = -1;
    private long headSince;

    RetryQueue(Duration delay) {
        this.delayMillis = delay.toMillis();
    }

    /// Looks at the head of the partition.
    ///
    /// @param due       when the task is due, in epoch milliseconds; [Long#MAX_VALUE] if it does not say
    /// @param wall      the wall clock, in epoch milliseconds
    /// @param monotonic a clock that is never stepped, in milliseconds
    /// @return empty if the record is due, else in how many milliseconds it is
    OptionalLong waitFor(long offset, long timestamp, long due, long wall, long monotonic) {
        if (offset != headOffset) {
            headOffset = offset;
            headSince = monotonic;
        }
        if (!anchored) {
            anchored = true;
            anchorTimestamp = timestamp;
            anchorMillis = monotonic + delayMillis;
        }
        long byWall = timestamp + delayMillis - wall;
        long byAnchor = anchorMillis + (timestamp - anchorTimestamp) - monotonic;
        long byHead = headSince + delayMillis - monotonic;
        long byTask = due == Long.MAX_VALUE ? due : due - wall;
        long left = Math.min(Math.min(byHead, byTask), Math.min(byWall, byAnchor));
        if (left > 0) {
            return OptionalLong.of(left);
        }
        anchorTimestamp = timestamp;
        anchorMillis = monotonic;
        return OptionalLong.empty();
    }
}
