package dev.waybill.worker.delivery;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.RecordSizes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.policy.Fault;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/// Records that cannot be dealt with.
final class Poison {

    /// What Connect calls the step in which a record failed.
    private static final String STAGE_DECODE = "VALUE_CONVERTER";

    private Poison() {}

    /// The record as it was written, with what was wrong. Of one that is too large to be written again with an
    /// explanation, only that: its bytes stay where they are, at the topic, partition and offset it names.
    static ProducerRecord<String, byte[]> deadLetter(
            String topic, ConsumerRecord<String, byte[]> original, RuntimeException cause) {
        boolean fits = isEnclosable(original);
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, original.key(), fits ? original.value() : null);
        if (fits) {
            original.headers().forEach(record.headers()::add);
        }
        record.headers()
                .add(Headers.KIND, Headers.bytes(Headers.KIND_POISON))
                .add(Headers.ERROR_TOPIC, Headers.bytes(original.topic()))
                .add(Headers.ERROR_PARTITION, Headers.bytes(Integer.toString(original.partition())))
                .add(Headers.ERROR_OFFSET, Headers.bytes(Long.toString(original.offset())))
                .add(Headers.ERROR_STAGE, Headers.bytes(STAGE_DECODE))
                .add(Headers.ERROR_CLASS, Headers.bytes(cause.getClass().getName()))
                .add(Headers.ERROR_MESSAGE, Headers.bytes(String.valueOf(cause.getMessage())));
        return record;
    }

    /// A request that was read, and of which it cannot be said what became of it; its bytes as they were written.
    static ProducerRecord<String, byte[]> ofRequest(String topic, Delivery delivery, Fault fault) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, delivery.id(), delivery.encoded().array());
        record.headers()
                .add(Headers.KIND, Headers.bytes(Headers.KIND_POISON))
                .add(Headers.ERROR_TOPIC, Headers.bytes(delivery.origin().topic()))
                .add(
                        Headers.ERROR_PARTITION,
                        Headers.bytes(Integer.toString(delivery.origin().partition())))
                .add(
                        Headers.ERROR_OFFSET,
                        Headers.bytes(Long.toString(delivery.origin().offset())))
                .add(Headers.ERROR_STAGE, Headers.bytes(fault.code()))
                .add(Headers.ERROR_MESSAGE, Headers.bytes(String.valueOf(fault.message())));
        return record;
    }

    /// Whether the record can be put into another one, or be written again with more headers.
    static boolean isEnclosable(ConsumerRecord<String, byte[]> record) {
        long size = (long) Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            byte[] value = header.value();
            size += header.key().length() + (value == null ? 0 : value.length);
        }
        return size <= RecordSizes.ENCLOSED_MAX;
    }
}
