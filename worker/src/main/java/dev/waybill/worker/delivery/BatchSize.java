package dev.waybill.worker.delivery;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.BatchLimits;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds out how large a batch a destination takes well, within its limits: additive increase,
/// multiplicative decrease.
///
/// | a batch that                                       | the next ones                                      |
/// |----------------------------------------------------|----------------------------------------------------|
/// | was refused for its size, or not answered in time  | at most half as large as it was                    |
/// | took more than half of the time it may             | at most three quarters                             |
/// | was as large as possible, and taken                | larger by a tenth of the limits                    |
///
/// It begins with the limits: a refusal costs one call and charges nobody. Guarded by the lock of [Lanes].
final class BatchSize {

    static final double REFUSED_DECREASE = 0.5;
    static final double SLOW_DECREASE = 0.75;

    /// Part of the total timeout after which an answer is slow: twice the size would fail.
    static final double SLOW = 0.5;

    /// Part of the limits that is added.
    static final double INCREASE = 0.1;

    private double count = Double.MAX_VALUE;
    private double bytes = Double.MAX_VALUE;

    /// Members that a batch may have now.
    int count(BatchLimits limits) {
        return (int) Math.clamp(count, 1, limits.count());
    }

    /// Payload bytes that a batch of more than one may have now.
    long bytes(BatchLimits limits) {
        return (long) Math.clamp(bytes, 1, limits.bytes());
    }

    /// A batch ended.
    ///
    /// @param observed what the call saw; null if it was refused or not made
    /// @param split    how it goes again; null if it does not
    /// @param timeout  what the call might have taken
    void ended(List<Work> works, @Nullable Observed observed, @Nullable Split split, Duration timeout) {
        BatchLimits limits = works.getFirst().batch();
        if (limits == null) {
            return;
        }
        long sent = Call.bytes(works);
        if (split != null && split.tooLarge()) {
            decrease(works.size(), sent, REFUSED_DECREASE);
        } else if (observed != null) {
            if (isTimeout(observed.outcome())) {
                decrease(works.size(), sent, REFUSED_DECREASE);
            } else if (observed.latency().toNanos() > SLOW * timeout.toNanos()) {
                decrease(works.size(), sent, SLOW_DECREASE);
            } else if (observed.outcome() instanceof Outcome.Delivered) {
                increase(works.size(), sent, limits);
            }
        }
    }

    private static boolean isTimeout(Outcome outcome) {
        return outcome instanceof Outcome.Ambiguous(Fault fault) && fault.category() == ErrorCategory.TIMEOUT;
    }

    private void decrease(int members, long sent, double factor) {
        if (members > 1) {
            count = Math.min(count, Math.max(1, members * factor));
            bytes = Math.min(bytes, Math.max(1, sent * factor));
        }
    }

    /// Only what was put to the test may grow.
    private void increase(int members, long sent, BatchLimits limits) {
        if (members >= count(limits)) {
            count = Math.min(limits.count(), count + Math.max(1, limits.count() * INCREASE));
        }
        // One more would have been too much.
        if (sent + sent / members >= bytes(limits)) {
            bytes = Math.min(limits.bytes(), bytes + limits.bytes() * INCREASE);
        }
    }
}
