package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// A log that gives what it is given, and remembers what was written to it.
final class RecordingTaskLog implements TaskLog {

    private final Listener listener;
    private final ToldHealth health;
    private final List<ConsumerRecord<String, byte[]>> waiting = new ArrayList<>();
    private boolean assigned;
    private Set<TopicPartition> paused = Set.of();
    private long next;

    final List<ProducerRecord<String, byte[]>> written = new ArrayList<>();

    RecordingTaskLog(Listener listener, ToldHealth health) {
        this.listener = listener;
        this.health = health;
    }

    void append(String key, byte[] value) {
        TopicPartition partition = Samples.PARTITION;
        waiting.add(new ConsumerRecord<>(partition.topic(), partition.partition(), next++, key, value));
    }

    List<ProducerRecord<String, byte[]>> written(String topic) {
        return written.stream().filter(one -> one.topic().equals(topic)).toList();
    }

    @Override
    public List<ConsumerRecord<String, byte[]>> poll(Duration timeout) {
        if (!assigned) {
            assigned = true;
            listener.assigned(Map.of(Samples.PARTITION, OffsetMap.upTo(0)));
        }
        if (paused.contains(Samples.PARTITION)) {
            return List.of();
        }
        List<ConsumerRecord<String, byte[]>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    @Override
    public void pauseExactly(Set<TopicPartition> partitions) {
        paused = Set.copyOf(partitions);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        throw new AssertionError("a sink loop goes forward only");
    }

    @Override
    public Written write(Collection<ProducerRecord<String, byte[]>> records, Map<TopicPartition, OffsetMap> maps) {
        written.addAll(records);
        return new Written.Committed();
    }

    @Override
    public Map<TopicPartition, OffsetMap> committed(Set<TopicPartition> partitions) {
        return Map.of();
    }

    @Override
    public ToldHealth health() {
        return health;
    }

    @Override
    public void close() {}
}
