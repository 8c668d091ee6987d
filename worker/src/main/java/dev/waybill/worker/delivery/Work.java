package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/// An admitted task.
///
/// @param destination where to; the task's own, known to be there
/// @param epoch       the assignment of the partition under which it was admitted
/// @param headers     of the task's record, passed on
record Work(Task task, Destination destination, TopicPartition partition, int epoch, long offset, Headers headers) {

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
        return new Work(new Task(delivery, task.route(), destination), destination, partition, epoch, offset, headers);
    }

    Ended ended(List<ProducerRecord<String, byte[]>> records) {
        return new Ended(partition, epoch, offset, records);
    }
}
