package dev.waybill.worker.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// A cluster as far as loops can see it: the partitions of one topic, one consumer group, and transactions. It refuses
/// what the real one refuses (a stale member) and takes what the real one takes (offsets of a partition that the member
/// does not own).
final class FakeBroker {

    /// Sees every transaction that commits, whoever wrote it.
    interface Watcher {
        /// A transaction is committed.
        ///
        /// @param writer null if it does not know what became of it
        void committed(
                @Nullable FakeTaskLog writer,
                Collection<ProducerRecord<String, byte[]>> records,
                Map<TopicPartition, OffsetAndMetadata> to);
    }

    /// A transaction whose producer does not know what became of it.
    private record Undecided(
            String transactionalId,
            Collection<ProducerRecord<String, byte[]>> records,
            Map<TopicPartition, OffsetAndMetadata> offsets) {}

    private final RandomGenerator random;
    private final Watcher watcher;
    private final Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> logs = new LinkedHashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private final List<FakeTaskLog> members = new ArrayList<>();
    /// Who holds a partition, and who shall. It moves when the one has let go and the other polls.
    private final Map<TopicPartition, FakeTaskLog> owners = new HashMap<>();

    private final Map<TopicPartition, FakeTaskLog> targets = new HashMap<>();
    private final List<Undecided> undecided = new ArrayList<>();

    FakeBroker(String topic, int partitions, RandomGenerator random, Watcher watcher) {
        this.random = random;
        this.watcher = watcher;
        for (int number = 0; number < partitions; number++) {
            logs.put(new TopicPartition(topic, number), new ArrayList<>());
        }
    }

    Set<TopicPartition> partitions() {
        return logs.keySet();
    }

    /// Where records of a key are.
    TopicPartition partition(String key) {
        List<TopicPartition> all = List.copyOf(logs.keySet());
        return all.get(Math.floorMod(key.hashCode(), all.size()));
    }

    private List<ConsumerRecord<String, byte[]>> log(TopicPartition partition) {
        return Objects.requireNonNull(logs.get(partition));
    }

    /// An offset for the next record. There are gaps between them, as transaction markers make them.
    long nextOffset(TopicPartition partition) {
        List<ConsumerRecord<String, byte[]>> log = log(partition);
        long end = log.isEmpty() ? 0 : log.getLast().offset() + 1;
        return end + (random.nextInt(4) == 0 ? random.nextInt(1, 40) : 0);
    }

    void append(TopicPartition partition, long offset, Instant at, String key, byte[] value, Iterable<Header> headers) {
        RecordHeaders copied = new RecordHeaders(headers);
        log(partition)
                .add(new ConsumerRecord<>(
                        partition.topic(),
                        partition.partition(),
                        offset,
                        at.toEpochMilli(),
                        TimestampType.CREATE_TIME,
                        key.length(),
                        value.length,
                        key,
                        value,
                        copied,
                        Optional.empty()));
    }

    List<ConsumerRecord<String, byte[]>> read(TopicPartition partition, long from, int max) {
        return log(partition).stream()
                .filter(record -> record.offset() >= from)
                .limit(max)
                .toList();
    }

    OffsetMap committed(TopicPartition partition) {
        OffsetAndMetadata offset = committed.get(partition);
        return offset == null ? OffsetMap.upTo(0) : OffsetMap.of(offset);
    }

    // --- the group -------------------------------------------------------------------------------------------------

    void join(FakeTaskLog member) {
        members.add(member);
        rebalance();
    }

    /// The member has let go of everything, or its session has expired.
    void leave(FakeTaskLog member) {
        members.remove(member);
        owners.values().removeIf(owner -> owner == member);
        rebalance();
    }

    boolean isMember(FakeTaskLog member) {
        return members.contains(member);
    }

    /// Wants the partitions elsewhere.
    void rebalance() {
        targets.clear();
        if (!members.isEmpty()) {
            logs.keySet().forEach(partition -> targets.put(partition, members.get(random.nextInt(members.size()))));
        }
    }

    boolean shallHold(FakeTaskLog member, TopicPartition partition) {
        return targets.get(partition) == member;
    }

    void release(TopicPartition partition) {
        owners.remove(partition);
    }

    /// Partitions that are free for the member. One with undecided offsets makes its next owner wait.
    List<TopicPartition> take(FakeTaskLog member) {
        List<TopicPartition> taken = logs.keySet().stream()
                .filter(partition -> shallHold(member, partition) && !owners.containsKey(partition))
                .filter(partition ->
                        undecided.stream().noneMatch(one -> one.offsets().containsKey(partition)))
                .toList();
        taken.forEach(partition -> owners.put(partition, member));
        return taken;
    }

    // --- transactions ----------------------------------------------------------------------------------------------

    void commit(
            @Nullable FakeTaskLog writer,
            Collection<ProducerRecord<String, byte[]>> records,
            Map<TopicPartition, OffsetAndMetadata> offsets) {
        watcher.committed(writer, records, offsets);
        committed.putAll(offsets);
    }

    void leaveUndecided(
            String transactionalId,
            Collection<ProducerRecord<String, byte[]>> records,
            Map<TopicPartition, OffsetAndMetadata> offsets) {
        undecided.add(new Undecided(transactionalId, records, offsets));
    }

    /// A new producer starts: its predecessor's transaction ends, one way or the other.
    void start(String transactionalId) {
        decide(undecided.stream()
                .filter(one -> one.transactionalId().equals(transactionalId))
                .toList());
    }

    /// The transactions' timeout passes.
    void timeOut() {
        decide(List.copyOf(undecided));
    }

    private void decide(List<Undecided> transactions) {
        for (Undecided one : transactions) {
            undecided.remove(one);
            if (random.nextBoolean()) {
                commit(null, one.records(), one.offsets());
            }
        }
    }
}
