package dev.waybill.worker.delivery;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Records of one partition that were polled and are not admitted yet: at most one poll's worth, because the
/// partition is paused meanwhile. Confined to the loop's thread.
final class Backlog {

    private final Queue<ConsumerRecord<String, byte[]>> records = new ArrayDeque<>();
    private @Nullable Long restsUntil;

    /// What the first record says, once it was read: it may be offered many times.
    @Nullable
    Work head;

    void add(ConsumerRecord<String, byte[]> record) {
        records.add(record);
    }

    /// The first record; null if there is none.
    @Nullable
    ConsumerRecord<String, byte[]> first() {
        return records.peek();
    }

    /// The first record has been dealt with.
    void removeFirst() {
        records.remove();
        head = null;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    /// Nothing of it can be dealt with until then, because the schema registry is away.
    void restUntil(long nanos) {
        restsUntil = nanos;
    }

    boolean isResting(long now) {
        if (restsUntil != null && now - restsUntil >= 0) {
            restsUntil = null;
        }
        return restsUntil != null;
    }
}
