package dev.waybill.local.system;

import dev.waybill.schemas.Kind;
import dev.waybill.worker.delivery.OffsetMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/// What a crash may repeat.
final class Uncommitted {

    private Uncommitted() {}

    /// Tasks that were routed and not committed as done when the worker died: those it had admitted, and
    /// those it had not read yet.
    static long webhooks(Installation installation) throws Exception {
        String topic = installation.topics().tasks(Kind.WEBHOOK);
        String group = installation.topics().prefix() + "sink-webhook";
        long open = 0;
        try (Admin admin = Admin.create(
                        Map.of("bootstrap.servers", installation.backend().bootstrapServers()));
                var application = new Application(installation);
                var consumer = application.consumer()) {
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            for (int p = 0; p < Installation.PARTITIONS; p++) {
                TopicPartition partition = new TopicPartition(topic, p);
                long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                OffsetMap map =
                        committed.containsKey(partition) ? OffsetMap.of(committed.get(partition)) : OffsetMap.upTo(0);
                open += map.undone().size() + Math.max(0, end - map.position());
            }
        }
        return open;
    }
}
