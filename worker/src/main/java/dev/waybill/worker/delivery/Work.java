package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.worker.sink.BatchLimits;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// An admitted task.
///
/// @param destination where to; the task's own, known to be there
/// @param epoch       the assignment of the partition under which it was admitted
/// @param headers     of the task's record, passed on
/// @param batch       how much company it may have; null if it goes alone
record Work(
        Task task,
        Destination destination,
        TopicPartition partition,
        int epoch,
        long offset,
        Headers headers,
        @Nullable BatchLimits batch) {

    /// By identity: one admission is one piece of work, and comparing payloads would be costly.
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /// Whether an attempt was made for the route before, on this candidate or another.
    boolean isRetry() {
        return task.route().attempts() > 0;
    }

    /// The same work on what is known of its delivery by now.
    Work with(Delivery delivery) {
        return new Work(
                new Task(delivery, task.route(), destination), destination, partition, epoch, offset, headers, batch);
    }

    /// About the length of its record, in bytes: what varies in it.
    int size() {
        return task.delivery().encoded().size() + destination.encoded().size();
    }

    int payloadSize() {
        return task.delivery().request().payload().size();
    }

    /// What its delivery id takes where a batch names its members.
    int idSize() {
        return task.delivery().id().length() + 1;
    }

    /// Whether both are for the same version of the destination, under the same assignment.
    boolean goesWith(Work other) {
        return destination.isSameVersion(other.destination)
                && epoch == other.epoch
                && partition.equals(other.partition);
    }

    Ended ended(List<ProducerRecord<String, byte[]>> records) {
        return new Ended(partition, epoch, offset, records);
    }
}
