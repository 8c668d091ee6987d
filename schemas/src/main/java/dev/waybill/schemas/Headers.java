package dev.waybill.schemas;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// Names of the record headers, and how their values are written: UTF-8 text.
public final class Headers {

    /// Due time of a task in a retry topic, in epoch milliseconds, so that the forwarder need not decode the task.
    public static final String DUE = "waybill.due";

    /// What a dead letter is: [#KIND_TASK] or [#KIND_POISON].
    public static final String KIND = "waybill.kind";

    public static final String KIND_TASK = "task";
    public static final String KIND_POISON = "poison";

    /// Marks a request that was re-published under the right key; its value is the partition it came from.
    public static final String REKEYED = "waybill.rekeyed";

    /// W3C trace context.
    public static final String TRACEPARENT = "traceparent";

    public static final String TRACESTATE = "tracestate";

    /// Causes of a dead letter, named as Kafka Connect's `DeadLetterQueueReporter` names them.
    public static final String ERROR_TOPIC = "__connect.errors.topic";

    public static final String ERROR_PARTITION = "__connect.errors.partition";
    public static final String ERROR_OFFSET = "__connect.errors.offset";
    public static final String ERROR_STAGE = "__connect.errors.stage";
    public static final String ERROR_CLASS = "__connect.errors.exception.class.name";
    public static final String ERROR_MESSAGE = "__connect.errors.exception.message";

    private Headers() {}

    public static byte[] bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /// The last header of that name as text, or null.
    public static @Nullable String text(org.apache.kafka.common.header.Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
