package dev.waybill.bench.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Results by delivery id, as an application reads them.
record ResultsTopic(String bootstrapServers, String topic) {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int POLL_RECORDS = 10_000;

    /// Reading a run's results takes seconds.
    private static final Duration READ_MAX = Duration.ofMinutes(2);

    /// A result that nobody waits for may be written after the row.
    private static final Duration LATE_MAX = Duration.ofSeconds(2);

    /// How often each delivery of a run was answered well. Whatever was written before now is read.
    int[] count(Run run, Predicate<byte[]> isDelivered) {
        int[] counts = new int[run.sent()];
        int missing = run.sent();
        try (var consumer = consumer()) {
            Map<TopicPartition, Long> ends = seek(consumer, run.sentMicros(0) / 1_000);
            long deadline = System.nanoTime() + READ_MAX.toNanos();
            boolean behind = true;
            while ((behind || missing > 0) && System.nanoTime() - deadline < 0) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    int number = run.number(record.key());
                    if (number >= 0 && isDelivered.test(record.value())) {
                        missing -= counts[number]++ == 0 ? 1 : 0;
                    }
                }
                if (behind && !isBefore(consumer, ends)) {
                    behind = false;
                    deadline = System.nanoTime() + LATE_MAX.toNanos();
                }
            }
        }
        return counts;
    }

    /// To what was written since; results of earlier runs need not be read again.
    private Map<TopicPartition, Long> seek(KafkaConsumer<String, byte[]> consumer, long sinceMillis) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> since = new HashMap<>();
        partitions.forEach(partition -> since.put(partition, sinceMillis));
        consumer.offsetsForTimes(since)
                .forEach((partition, found) ->
                        consumer.seek(partition, found == null ? ends.getOrDefault(partition, 0L) : found.offset()));
        return ends;
    }

    private static boolean isBefore(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        POLL_RECORDS),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }
}
