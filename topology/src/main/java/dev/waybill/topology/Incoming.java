package dev.waybill.topology;

import dev.waybill.schemas.Headers;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Origin;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// A record that the router is working on.
///
/// @param origin where it was read
/// @param now    when it was taken, by the router's clock; everything written for it bears this time
record Incoming(Record<byte[], byte[]> record, Origin origin, Instant now) {

    private static final Set<String> TRACE_CONTEXT = Set.of(Headers.TRACEPARENT, Headers.TRACESTATE);

    /// The longest `tracestate` that must be passed on has 512 characters.
    private static final int TRACE_CONTEXT_MAX = 512;

    static Incoming take(Record<byte[], byte[]> record, ProcessorContext<?, ?> context, InstantSource clock) {
        var metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a record of a topic has its metadata"));
        return new Incoming(
                record,
                new Origin(metadata.topic(), metadata.partition(), metadata.offset()),
                clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    /// The same with another value.
    Incoming withValue(Bytes value) {
        return new Incoming(record.withValue(value.array()), origin, now);
    }

    /// Headers are passed on to every task, event and result. More than this are not, or a producer could make records
    /// that no topic takes; trace context alone is then.
    private static final int HEADERS_MAX = 16 * 1024;

    /// Bytes of the record.
    int size() {
        return length(record.key()) + length(record.value()) + sizeOf(record.headers());
    }

    /// The record's headers, without those that concern this hop only.
    org.apache.kafka.common.header.Headers headers() {
        var headers = new RecordHeaders();
        boolean few = sizeOf(record.headers()) <= HEADERS_MAX;
        for (Header header : record.headers()) {
            if (few || (TRACE_CONTEXT.contains(header.key()) && length(header.value()) <= TRACE_CONTEXT_MAX)) {
                headers.add(header);
            }
        }
        headers.remove(Headers.DUE);
        headers.remove(Headers.REKEYED);
        return headers;
    }

    private static int sizeOf(org.apache.kafka.common.header.Headers headers) {
        int size = 0;
        for (Header header : headers) {
            size += header.key().length() + length(header.value());
        }
        return size;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
