package dev.waybill.worker.delivery;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.RetryPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// Writes tasks to where they wait, go on or end.
final class TaskRecords {

    private final Topics topics;
    private final Records records;
    private final RetryPlan plan;

    TaskRecords(Topics topics, Records records, RetryPlan plan) {
        this.topics = topics;
        this.records = records;
        this.plan = plan;
    }

    RetryPlan plan() {
        return plan;
    }

    /// The task with its route, to wait until the route's due time in the longest retry topic that fits; straight to
    /// the router if none does.
    ProducerRecord<String, byte[]> waiting(Task task, Instant now) {
        Instant due = task.route().dueAt();
        Duration remaining = due == null ? Duration.ZERO : Duration.between(now, due);
        Optional<String> topic = plan.next(remaining).map(topics::retries);
        if (topic.isEmpty() || due == null) {
            return returning(task);
        }
        Bytes value = records.encode(task, topic.get());
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic.get(), destinationKey(task), value.array());
        record.headers().add(Headers.DUE, Headers.bytes(Long.toString(due.toEpochMilli())));
        return record;
    }

    /// The task on its way back to the router, to go on with its next candidate or to be sent again.
    ProducerRecord<String, byte[]> returning(Task task) {
        // As if it came from the shortest retry topic: no subject of its own for the same schema.
        Bytes value = records.encodeReturn(records.encode(task, topics.retries(plan.shortest())));
        return new ProducerRecord<>(topics.returns(), task.delivery().organizationId(), value.array());
    }

    /// The task as a dead letter.
    ProducerRecord<String, byte[]> deadLetter(Work work, Route route, String reason, @Nullable String message) {
        Task task = work.task().with(route);
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                topics.deadLetters(),
                task.delivery().id(),
                records.encode(task, topics.deadLetters()).array());
        record.headers()
                .add(Headers.KIND, Headers.bytes(Headers.KIND_TASK))
                .add(Headers.ERROR_TOPIC, Headers.bytes(work.partition().topic()))
                .add(
                        Headers.ERROR_PARTITION,
                        Headers.bytes(Integer.toString(work.partition().partition())))
                .add(Headers.ERROR_OFFSET, Headers.bytes(Long.toString(work.offset())))
                .add(Headers.ERROR_STAGE, Headers.bytes(reason));
        if (message != null) {
            record.headers().add(Headers.ERROR_MESSAGE, Headers.bytes(message));
        }
        return record;
    }

    /// How a destination is doing, for routers and operators. Whoever is well needs no record.
    ProducerRecord<String, byte[]> health(Health health) {
        String key =
                Keys.destination(health.organizationId(), health.destinationId().toString());
        byte @Nullable [] value =
                health.isWell() ? null : records.encode(health).array();
        return new ProducerRecord<>(topics.destinationHealth(), key, value);
    }

    /// A record that could not be read, as a dead letter.
    ProducerRecord<String, byte[]> poison(ConsumerRecord<String, byte[]> original, RuntimeException cause) {
        return Poison.deadLetter(topics.deadLetters(), original, cause);
    }

    private static String destinationKey(Task task) {
        return Keys.destination(task.delivery().organizationId(), task.route().current());
    }
}
