package dev.waybill.worker.delivery;

import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Health;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was told of destinations, read from the compacted topic, which has one partition: from its beginning at
/// first, and then what was added since, whenever partitions were assigned.
///
/// In memory is one record, of some hundred bytes, for each destination that is not well.
final class HealthTopic implements ToldHealth {

    private static final Logger LOG = LoggerFactory.getLogger(HealthTopic.class);

    /// How long the loop's thread may read at a time; meanwhile nothing is admitted, but what runs ends and is
    /// written.
    static final Duration READ_MAX = Duration.ofMillis(500);

    private static final Duration POLL = Duration.ofMillis(50);

    /// How long the broker may take to say where the topic ends.
    private static final Duration ASK_MAX = Duration.ofSeconds(5);

    private final Consumer<String, byte[]> consumer;
    private final TopicPartition partition;
    private final Records records;
    private final LoopTime time;
    private final Map<UUID, byte[]> unwell = new HashMap<>();
    private @Nullable Long end;

    /// @param consumer of no group, reads committed records only
    HealthTopic(Consumer<String, byte[]> consumer, String topic, Records records, LoopTime time) {
        this.consumer = consumer;
        this.partition = new TopicPartition(topic, 0);
        this.records = records;
        this.time = time;
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    @Override
    public void begin() {
        end = null;
    }

    @Override
    public boolean catchUp() {
        Long until = end;
        if (until == null) {
            until = consumer.endOffsets(List.of(partition), ASK_MAX).getOrDefault(partition, 0L);
            end = until;
        }
        long begun = time.nanos();
        while (consumer.position(partition, ASK_MAX) < until) {
            if (time.nanos() - begun > READ_MAX.toNanos()) {
                return false;
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                told(record.key(), record.value());
            }
        }
        return true;
    }

    @Override
    public void told(@Nullable String key, byte @Nullable [] value) {
        UUID destination = destination(key);
        if (destination != null && value == null) {
            unwell.remove(destination);
        } else if (destination != null && value != null) {
            unwell.put(destination, value);
        }
    }

    /// Null for a key that is none of Waybill's.
    private static @Nullable UUID destination(@Nullable String key) {
        try {
            return key == null ? null : UUID.fromString(key.substring(key.lastIndexOf('/') + 1));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    @Override
    public @Nullable Health latest(UUID destination, @Nullable Health seen) {
        byte[] value = unwell.get(destination);
        if (value == null) {
            return null;
        }
        try {
            return records.health(Bytes.of(value));
        } catch (PoisonRecordException | InvalidRecordException e) {
            LOG.warn("what was told of {} cannot be read: {}", destination, e.getMessage());
            return seen;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
