package dev.waybill.topology;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RecordSizes;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.model.Result;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Task;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Writes what was decided about one incoming record: encoded, keyed, with its headers and the router's time, to the
/// sink
/// of its topic.
final class Outbox {

    static final String ATTEMPTS = "attempts";
    static final String RESULTS = "results";
    static final String DEAD_LETTERS = "dead-letters";

    /// Causes can quote what they could not read.
    private static final int MESSAGE_MAX = 1024;

    /// What Connect calls the step in which a record failed.
    private static final String STAGE_DECODE = "VALUE_CONVERTER";

    private final ProcessorContext<byte[], byte[]> context;
    private final Records records;
    private final Topics topics;

    Outbox(ProcessorContext<byte[], byte[]> context, Records records, Topics topics) {
        this.context = context;
        this.records = records;
        this.topics = topics;
    }

    static String tasksSink(Kind kind) {
        return "tasks-" + kind.wireName();
    }

    static String retriesSink(RetryDelay delay) {
        return "retries-" + delay.label();
    }

    static String rekeyedSink(String topic) {
        return "rekeyed-" + topic;
    }

    void task(Stamp stamp, Task task, Destination destination) {
        Bytes value = records.encode(task, topics.tasks(destination.kind()));
        send(stamp, keyOf(task), value.array(), tasksSink(destination.kind()));
    }

    /// Sends a task to wait for one turn. Its due time stands in a header too, for those who do not decode it.
    void wait(Stamp stamp, Task task, RetryDelay delay) {
        Bytes value = records.encode(task, topics.retries(delay));
        Instant due = task.route().dueAt();
        var headers = new RecordHeaders(stamp.headers());
        set(headers, Headers.DUE, Long.toString((due == null ? stamp.now() : due).toEpochMilli()));
        send(new Stamp(headers, stamp.now()), keyOf(task), value.array(), retriesSink(delay));
    }

    void event(Stamp stamp, Event event) {
        send(stamp, event.delivery().id(), records.encode(event).array(), ATTEMPTS);
    }

    void result(Stamp stamp, Result result) {
        send(stamp, result.delivery().id(), records.encode(result).array(), RESULTS);
    }

    /// A task whose route was given up here.
    void deadTask(Stamp stamp, Incoming in, Task task, @Nullable String why) {
        String reason = why == null ? "" : why;
        var headers = new RecordHeaders(stamp.headers());
        LastFailure last = task.route().last();
        String message = last == null ? reason : reason + ": " + last.code() + " " + last.message();
        explain(headers, in, Headers.KIND_TASK, reason, message);
        Bytes value = records.encode(task, topics.deadLetters());
        send(new Stamp(headers, stamp.now()), task.delivery().id(), value.array(), DEAD_LETTERS);
    }

    /// The record as it came, with the reason why it cannot be used. One that would not fit with its reason is left
    /// where
    /// it is, and only the reason is written.
    void poison(Incoming in, Throwable cause) {
        boolean fits = in.size() <= RecordSizes.ENCLOSED_MAX;
        Record<byte[], byte[]> record = fits ? in.record() : in.record().<byte[]>withValue(null);
        var headers = fits ? new RecordHeaders(record.headers()) : new RecordHeaders();
        explain(headers, in, Headers.KIND_POISON, STAGE_DECODE, String.valueOf(cause.getMessage()));
        set(headers, Headers.ERROR_CLASS, cause.getClass().getName());
        context.forward(new Record<>(record.key(), record.value(), in.now().toEpochMilli(), headers), DEAD_LETTERS);
    }

    /// The record again, under the key that belongs to it.
    void rekeyed(Incoming in, String key) {
        Record<byte[], byte[]> record = in.record();
        var headers = new RecordHeaders(record.headers());
        headers.add(Headers.REKEYED, Headers.bytes(Integer.toString(in.origin().partition())));
        context.forward(
                new Record<>(utf8(key), record.value(), record.timestamp(), headers),
                rekeyedSink(in.origin().topic()));
    }

    private static void explain(RecordHeaders headers, Incoming in, String kind, String stage, String message) {
        set(headers, Headers.KIND, kind);
        set(headers, Headers.ERROR_TOPIC, in.origin().topic());
        set(headers, Headers.ERROR_PARTITION, Integer.toString(in.origin().partition()));
        set(headers, Headers.ERROR_OFFSET, Long.toString(in.origin().offset()));
        set(headers, Headers.ERROR_STAGE, stage);
        set(headers, Headers.ERROR_MESSAGE, message.substring(0, Math.min(message.length(), MESSAGE_MAX)));
    }

    private static void set(RecordHeaders headers, String name, String value) {
        headers.remove(name);
        headers.add(name, Headers.bytes(value));
    }

    private void send(Stamp stamp, String key, byte[] value, String sink) {
        context.forward(new Record<>(utf8(key), value, stamp.now().toEpochMilli(), stamp.headers()), sink);
    }

    /// Tasks of one destination stay in order: `organizationId/destinationId`, as it was named while it is unknown.
    private static String keyOf(Task task) {
        Route route = task.route();
        String organization = task.delivery().organizationId();
        return route.candidates().isEmpty() ? organization : Keys.destination(organization, route.current());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// What everything written for one record bears.
    record Stamp(org.apache.kafka.common.header.Headers headers, Instant now) {}
}
