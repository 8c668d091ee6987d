package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// One member of the [FakeBroker]'s group, with faults on demand.
final class FakeTaskLog implements TaskLog {

    /// What goes wrong with the next call that can go wrong this way.
    enum Fault {
        WRITE_ABORTED,
        UNKNOWN_COMMITTED,
        UNKNOWN_ABORTED,
        UNKNOWN_UNDECIDED,
        CRASH_BEFORE_COMMIT,
        CRASH_AFTER_COMMIT,
        CRASH_UNDECIDED,
        COMMITTED_UNREADABLE,
        POLL_FAILED
    }

    /// The process is killed on this line.
    static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    /// The broker cannot be reached.
    static final class Unreachable extends KafkaException {
        private static final long serialVersionUID = 1;
    }

    private static final int POLL_MAX = 6;

    private final FakeBroker broker;
    private final String transactionalId;
    private final Listener listener;
    private final Random random;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);

    FakeTaskLog(FakeBroker broker, String transactionalId, Listener listener, Random random) {
        this.broker = broker;
        this.transactionalId = transactionalId;
        this.listener = listener;
        this.random = random;
        broker.join(this);
    }

    void fail(Fault fault) {
        faults.add(fault);
    }

    void failNoMore() {
        faults.clear();
    }

    Set<TopicPartition> assigned() {
        return positions.keySet();
    }

    @Override
    public List<ConsumerRecord<String, byte[]>> poll(Duration timeout) {
        if (isDue(Fault.POLL_FAILED)) {
            throw new Unreachable();
        }
        if (!broker.isMember(this)) {
            giveUpAll();
            broker.join(this);
        }
        List<TopicPartition> gone = positions.keySet().stream()
                .filter(partition -> !broker.shallHold(this, partition))
                .toList();
        if (!gone.isEmpty()) {
            listener.revoked(gone);
            forget(gone);
            gone.forEach(broker::release);
        }
        List<TopicPartition> added = broker.take(this);
        if (!added.isEmpty()) {
            Map<TopicPartition, OffsetMap> maps = new HashMap<>();
            added.forEach(partition -> maps.put(partition, broker.committed(partition)));
            maps.forEach((partition, map) -> positions.put(partition, map.prefix()));
            listener.assigned(maps);
        }
        return read();
    }

    private List<ConsumerRecord<String, byte[]>> read() {
        List<TopicPartition> order = new ArrayList<>(positions.keySet());
        order.removeAll(paused);
        Collections.shuffle(order, random);
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        for (TopicPartition partition : order) {
            List<ConsumerRecord<String, byte[]>> some =
                    broker.read(partition, positions.getOrDefault(partition, 0L), random.nextInt(POLL_MAX));
            all.addAll(some);
            if (!some.isEmpty()) {
                positions.put(partition, some.getLast().offset() + 1);
            }
        }
        return all;
    }

    @Override
    public void pauseExactly(Set<TopicPartition> partitions) {
        paused.clear();
        paused.addAll(partitions);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        positions.put(partition, offset);
    }

    @Override
    public Written write(Collection<ProducerRecord<String, byte[]>> records, Map<TopicPartition, OffsetMap> maps) {
        broker.start(transactionalId);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        maps.forEach((partition, map) -> offsets.put(partition, map.toCommit()));
        if (isDue(Fault.CRASH_BEFORE_COMMIT)) {
            throw new Crash();
        }
        if (!broker.isMember(this)) {
            return new Written.Aborted(new CommitFailedException("a stale member"));
        }
        if (isDue(Fault.WRITE_ABORTED)) {
            return new Written.Aborted(new Unreachable());
        }
        if (isDue(Fault.UNKNOWN_ABORTED)) {
            return new Written.Unknown(new Unreachable());
        }
        if (isDue(Fault.UNKNOWN_UNDECIDED)) {
            broker.leaveUndecided(transactionalId, records, offsets);
            return new Written.Unknown(new Unreachable());
        }
        if (isDue(Fault.CRASH_UNDECIDED)) {
            broker.leaveUndecided(transactionalId, records, offsets);
            throw new Crash();
        }
        broker.commit(this, records, offsets);
        if (isDue(Fault.CRASH_AFTER_COMMIT)) {
            throw new Crash();
        }
        return isDue(Fault.UNKNOWN_COMMITTED) ? new Written.Unknown(new Unreachable()) : new Written.Committed();
    }

    @Override
    public Map<TopicPartition, OffsetMap> committed(Set<TopicPartition> partitions) {
        broker.start(transactionalId);
        if (isDue(Fault.COMMITTED_UNREADABLE)) {
            throw new Unreachable();
        }
        Map<TopicPartition, OffsetMap> maps = new HashMap<>();
        partitions.forEach(partition -> maps.put(partition, broker.committed(partition)));
        return maps;
    }

    /// As of Kafka's consumer whose group is just rebalancing: it tells a member that leaves that its partitions are
    /// lost,
    /// though it could still commit.
    @Override
    public void close() {
        giveUpAll();
        if (broker.isMember(this)) {
            broker.leave(this);
        }
    }

    private void giveUpAll() {
        List<TopicPartition> all = List.copyOf(positions.keySet());
        listener.lost(all);
        forget(all);
    }

    private void forget(List<TopicPartition> partitions) {
        positions.keySet().removeAll(partitions);
        paused.removeAll(partitions);
    }

    private boolean isDue(Fault fault) {
        return faults.remove(fault);
    }
}
