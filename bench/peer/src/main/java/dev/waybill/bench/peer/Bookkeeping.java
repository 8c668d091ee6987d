package dev.waybill.bench.peer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What remains of a delivery: a result record and a log row. Neither is waited for.
record Bookkeeping(Producer<String, byte[]> producer, String results, LogTable log) {

    private static final String ID = "id";

    static String id(ConsumerRecord<String, byte[]> record) {
        return new String(record.headers().lastHeader(ID).value(), StandardCharsets.UTF_8);
    }

    void delivered(ConsumerRecord<String, byte[]> record, int status, long startNanos) {
        String id = id(record);
        Instant now = Instant.now();
        int millis = (int) ((System.nanoTime() - startNanos) / 1_000_000);
        String result = "{\"deliveryId\":\"" + id + "\",\"status\":\"DELIVERED\",\"responseCode\":" + status
                + ",\"deliveredAt\":\"" + now + "\"}";
        var _ = producer.send(new ProducerRecord<>(results, id, result.getBytes(StandardCharsets.UTF_8)));
        log.add(new LogTable.LogRow(id, record.key(), record.value().length, status, millis, now));
    }
}
