package dev.waybill.topology;

import dev.waybill.schemas.Headers;
import dev.waybill.topology.model.Origin;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/// A record that the router is working on.
///
/// @param origin where it was read
/// @param now    when it was taken, by the router's clock; everything written for it bears this time
record Incoming(Record<byte[], byte[]> record, Origin origin, Instant now) {

    static Incoming take(Record<byte[], byte[]> record, ProcessorContext<?, ?> context, InstantSource clock) {
        var metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a record of a topic has its metadata"));
        return new Incoming(
                record,
                new Origin(metadata.topic(), metadata.partition(), metadata.offset()),
                clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    /// The record's headers, without those that concern this hop only.
    org.apache.kafka.common.header.Headers headers() {
        var headers = new RecordHeaders(record.headers());
        headers.remove(Headers.DUE);
        headers.remove(Headers.REKEYED);
        return headers;
    }
}
