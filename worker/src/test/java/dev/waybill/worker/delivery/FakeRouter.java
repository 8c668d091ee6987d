package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.codec.ReturnedRecord;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// Forwarder and router as far as loops can see them: what waits comes back when its delay is over, with its current
/// destination, and ends are counted.
final class FakeRouter {

    private record Waiting(Instant until, Task task) {}

    private final Samples samples;
    private final Map<String, Destination> destinations;
    private final HandMovedTime time;
    private final RouteBook book;
    private final Map<String, Duration> delays;
    private final Map<String, Health> health = new HashMap<>();
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparing(Waiting::until));

    FakeRouter(Samples samples, Collection<Destination> destinations, HandMovedTime time, RouteBook book) {
        this.samples = samples;
        this.destinations = destinations.stream()
                .collect(Collectors.toUnmodifiableMap(one -> one.id().toString(), Function.identity()));
        this.time = time;
        this.book = book;
        this.delays = RetryDelay.DEFAULTS.stream()
                .collect(Collectors.toUnmodifiableMap(Samples.TOPICS::retries, RetryDelay::delay));
    }

    /// Takes what a loop has committed.
    void take(ProducerRecord<String, byte[]> record) {
        Duration delay = delays.get(record.topic());
        if (delay != null) {
            Task task = samples.records.task(Bytes.of(record.value()));
            book.goesOn(TaskId.of(record.headers()), task, true);
            waiting.add(new Waiting(time.now().plus(delay), task));
        } else if (record.topic().equals(Samples.TOPICS.results())) {
            boolean last = book.ended(TaskId.of(record.headers()), record.key(), 0);
            assertThat(last).as("who writes a result ends the only route").isTrue();
        } else if (record.topic().equals(Samples.TOPICS.returns())) {
            takeBack(TaskId.of(record.headers()), samples.records.returned(Bytes.of(record.value())));
        } else if (record.topic().equals(Samples.TOPICS.attempts())) {
            DeliveryAttempt event = samples.codec.decode(record.value(), DeliveryAttempt.class);
            book.told(event, policy(event).maxAttempts());
        }
    }

    private Policy policy(DeliveryAttempt event) {
        Destination destination = destinations.get(String.valueOf(event.getDestinationId()));
        if (destination == null) {
            throw new AssertionError("nobody knows the destination of " + event);
        }
        return destination.policy();
    }

    private void takeBack(TaskId from, ReturnedRecord returned) {
        switch (returned) {
            case ReturnedRecord.DueTask(Task task) -> {
                book.goesOn(from, task, false);
                waiting.add(new Waiting(time.now(), task));
            }
            case ReturnedRecord.Settled settled -> {
                boolean _ =
                        book.ended(from, settled.deliveryId(), settled.fate().route());
            }
            case ReturnedRecord.Command command -> throw new AssertionError("a loop gives no command: " + command);
        }
    }

    /// Takes what a loop tells of a destination.
    ///
    /// @return what it told; null if it is well
    @Nullable
    Health takeHealth(ProducerRecord<String, byte[]> record) {
        byte[] value = record.value();
        String destination = record.key().substring(record.key().indexOf('/') + 1);
        if (value == null) {
            health.remove(destination);
            return null;
        }
        Health told = samples.records.health(Bytes.of(value));
        health.put(destination, told);
        return told;
    }

    /// The next task to send; null if none is due. One with a due time far off waits another turn.
    @Nullable
    Task next() {
        while (!waiting.isEmpty() && !waiting.element().until().isAfter(time.now())) {
            Task task = waiting.remove().task();
            Instant due = task.route().dueAt();
            Duration remaining = due == null ? Duration.ZERO : Duration.between(time.now(), due);
            var turn = samples.tasks.plan().next(remaining);
            if (turn.isPresent()) {
                waiting.add(new Waiting(time.now().plus(turn.get().delay()), task));
            } else if (!isSettled(task)) {
                return send(task);
            }
        }
        return null;
    }

    private Task send(Task task) {
        String current = task.route().current();
        return new Task(task.delivery(), task.route(), destinations.get(current), health.get(current));
    }

    /// Whether the router deals with the task itself: its destination is left alone, or was given up.
    private boolean isSettled(Task task) {
        Route route = task.route();
        Health seen = health.get(route.current());
        if (seen == null || !(seen.isDisabled() || seen.isOpen(time.now()))) {
            return false;
        }
        Instant until = seen.openUntil();
        if (route.hasNext()) {
            waiting.add(new Waiting(time.now(), task.with(route.passOver("breaker_open", time.now()))));
        } else if (seen.isDisabled() || until == null) {
            boolean _ = book.ended(task);
        } else {
            waiting.add(new Waiting(until, task.with(route.postpone(until))));
        }
        return true;
    }

    int waiting() {
        return waiting.size();
    }
}
