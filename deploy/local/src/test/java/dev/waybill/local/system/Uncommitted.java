package dev.waybill.local.system;

import dev.waybill.avro.DeliveryTask;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.worker.delivery.OffsetMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/// What the webhook sinks had committed at one moment. All that they had not is what they may do again when they are
/// disturbed at that moment.
record Uncommitted(Installation installation, Map<TopicPartition, OffsetMap> committed) {

    private static final Duration POLL = Duration.ofMillis(100);

    static Uncommitted now(Installation installation) throws Exception {
        String topic = installation.topics().tasks(Kind.WEBHOOK);
        Map<TopicPartition, OffsetMap> maps = new HashMap<>();
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", installation.backend().bootstrapServers()))) {
            var committed = admin.listConsumerGroupOffsets(installation.topics().prefix() + "sink-webhook")
                    .partitionsToOffsetAndMetadata()
                    .get();
            for (int p = 0; p < Installation.PARTITIONS; p++) {
                TopicPartition partition = new TopicPartition(topic, p);
                var offset = committed.get(partition);
                maps.put(partition, offset == null ? OffsetMap.upTo(0) : OffsetMap.of(offset));
            }
        }
        return new Uncommitted(installation, maps);
    }

    /// The most tasks of a partition that are known to have been admitted and were not done.
    int mostAdmitted() {
        return committed.values().stream()
                .mapToInt(map -> map.undone().size())
                .max()
                .orElse(0);
    }

    /// Tasks, routed by now, that were not committed as done then.
    Open open() {
        Map<Integer, List<byte[]>> tasks = new HashMap<>();
        try (var application = new Application(installation);
                var consumer = application.consumer()) {
            committed.forEach((partition, map) -> {
                List<byte[]> open = tasks.computeIfAbsent(partition.partition(), _ -> new ArrayList<>());
                consumer.assign(List.of(partition));
                consumer.seek(partition, map.prefix());
                long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                while (consumer.position(partition) < end) {
                    consumer.poll(POLL).forEach(record -> {
                        if (!map.isDone(record.offset())) {
                            open.add(record.value());
                        }
                    });
                }
            });
        }
        return new Open(tasks);
    }

    /// Tasks by partition, as they were read: the registry may be away just then.
    record Open(Map<Integer, List<byte[]>> tasks) {

        /// Whose they are, by partition.
        Map<Integer, Set<String>> deliveries(AvroCodec codec) {
            Map<Integer, Set<String>> deliveries = new HashMap<>();
            tasks.forEach((partition, values) -> deliveries.put(
                    partition,
                    values.stream()
                            .map(value ->
                                    codec.decode(value, DeliveryTask.class).getDeliveryId())
                            .collect(Collectors.toSet())));
            return deliveries;
        }
    }
}
