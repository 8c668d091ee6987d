package dev.waybill.worker.topics;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes what has been consumed from the topics that have no time limit: tasks, retries and returns are read by one
/// group each, so what is below that group's committed offset is never read again.
///
/// Every worker may do it; it is the same for all.
public final class RecordTrimmer {

    private static final Logger LOG = LoggerFactory.getLogger(RecordTrimmer.class);

    /// Often enough that the topics stay small, seldom enough that nobody notices.
    public static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Admin admin;
    private final Map<String, Set<String>> topicsByGroup;
    private final Map<TopicPartition, Long> trimmed = new HashMap<>();

    /// Trims with a client that the caller owns.
    ///
    /// @param topicsByGroup the topics that each group alone reads
    public RecordTrimmer(Admin admin, Map<String, Set<String>> topicsByGroup) {
        this.admin = admin;
        this.topicsByGroup = Map.copyOf(topicsByGroup);
    }

    /// Deletes what can be deleted now. What fails is tried again the next time.
    public void trim() {
        topicsByGroup.forEach((group, topics) -> {
            try {
                trim(group, topics);
            } catch (KafkaException e) {
                LOG.warn("records that {} has consumed are not deleted yet: {}", group, e.toString());
            }
        });
    }

    private void trim(String group, Set<String> topics) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                TopicAdmin.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        Map<TopicPartition, RecordsToDelete> consumed = new HashMap<>();
        committed.forEach((partition, offset) -> {
            if (offset != null
                    && topics.contains(partition.topic())
                    && offset.offset() > trimmed.getOrDefault(partition, 0L)) {
                consumed.put(partition, RecordsToDelete.beforeOffset(offset.offset()));
            }
        });
        if (consumed.isEmpty()) {
            return;
        }
        admin.deleteRecords(consumed).lowWatermarks().forEach((partition, deleted) -> {
            trimmed.put(partition, TopicAdmin.await(deleted).lowWatermark());
        });
    }
}
