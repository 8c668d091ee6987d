package dev.waybill.worker.delivery;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What destinations that nothing comes to any more have used of their rate limits, until it is made up for.
/// Without it a limit of ten a day would be ten for each pause. Guarded by the lock of [Lanes].
final class SpentBuckets {

    /// About 2 MB. Of one that is forgotten sooner, the next bucket begins with little, see [TokenBucket].
    static final int MAX = 10_000;

    private record Spent(TokenBucket bucket, TopicPartition partition, int epoch) {
        boolean isUnder(Work work) {
            return epoch == work.epoch() && partition.equals(work.partition());
        }
    }

    private final SequencedMap<UUID, Spent> spent = new LinkedHashMap<>();

    void keep(UUID destination, TokenBucket bucket, TopicPartition partition, int epoch) {
        spent.putLast(destination, new Spent(bucket, partition, epoch));
        if (spent.size() > MAX) {
            spent.pollFirstEntry();
        }
    }

    /// The bucket of a task's destination; null if there is none, or somebody else has used the limit since.
    @Nullable
    TokenBucket take(Work work) {
        Spent kept = spent.remove(work.destination().id());
        return kept != null && kept.isUnder(work) ? kept.bucket() : null;
    }

    /// Forgets what is full by now.
    void sweep(long now) {
        spent.values().removeIf(one -> one.bucket().isFull(now));
    }
}
