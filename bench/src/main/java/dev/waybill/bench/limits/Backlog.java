package dev.waybill.bench.limits;

import dev.waybill.bench.bed.Installation;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.worker.projector.RecordReader;
import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.store.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// All events of an installation, read and in memory, as the batches that projectors of a topic with so many partitions
/// would write: those of a partition in order, each delivery in one.
///
/// @param partitions batches of each
record Backlog(List<List<Batch>> partitions) {

    /// As many as the most connections that are measured, so that each may have one of its own.
    static final int PARTITIONS = 16;

    /// About what the projector gets at a time from a backlog on several partitions.
    private static final int BATCH = 2_500;

    private static final Duration POLL = Duration.ofMillis(100);

    static Backlog read(Installation installation) {
        List<List<Batch.Item>> items = IntStream.range(0, PARTITIONS)
                .<List<Batch.Item>>mapToObj(_ -> new ArrayList<>())
                .toList();
        try (AvroCodec codec = AvroCodec.of(
                        Map.of("schema.registry.url", installation.bed().registryUrl()));
                var consumer = consumer(installation)) {
            RecordReader reader = new RecordReader(codec, installation.topics());
            String topic = installation.topics().attempts();
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    add(items, topic, reader.read(record));
                }
            }
        }
        return new Backlog(items.stream().map(Backlog::batches).toList());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Installation installation) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        installation.bed().bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static void add(List<List<Batch.Item>> items, String topic, Batch.Item read) {
        if (read.change() instanceof DeliveryEvent event) {
            int number = Math.floorMod(event.request().deliveryId().hashCode(), PARTITIONS);
            List<Batch.Item> own = items.get(number);
            own.add(new Batch.Item(new TopicPartition(topic, number), own.size(), read.recordedAt(), event));
        }
    }

    private static List<Batch> batches(List<Batch.Item> items) {
        List<Batch> batches = new ArrayList<>();
        for (int start = 0; start < items.size(); start += BATCH) {
            int next = Math.min(items.size(), start + BATCH);
            TopicPartition partition = items.get(start).partition();
            batches.add(new Batch(items.subList(start, next), Map.of(partition, new Batch.Span(start, next))));
        }
        return batches;
    }
}
