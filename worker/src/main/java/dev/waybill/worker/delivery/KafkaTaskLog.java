package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A group member and a transactional producer. After a failure that leaves the producer's state unknown a new
/// one with the same transactional id takes its place, which ends the open transaction first.
final class KafkaTaskLog implements TaskLog {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTaskLog.class);

    private final Consumer<String, byte[]> consumer;
    private final Supplier<Producer<String, byte[]>> producers;
    private final ToldHealth health;
    private @Nullable Producer<String, byte[]> producer;

    /// @param consumer  reads committed records only and commits nothing by itself
    /// @param producers makes producers that all have the same transactional id
    /// @param health    closed with the log
    KafkaTaskLog(
            Consumer<String, byte[]> consumer,
            Supplier<Producer<String, byte[]>> producers,
            Collection<String> topics,
            ToldHealth health,
            Listener listener) {
        this.consumer = consumer;
        this.producers = producers;
        this.health = health;
        try {
            // Ends a transaction that a predecessor left open: nobody could read past it until it timed out.
            this.producer = started(producers.get());
            consumer.subscribe(topics, new Rebalances(listener));
        } catch (RuntimeException e) {
            // The loop is opened anew every few seconds until the broker answers.
            close();
            throw e;
        }
    }

    @Override
    public List<ConsumerRecord<String, byte[]>> poll(Duration timeout) {
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        consumer.poll(timeout).forEach(all::add);
        return all;
    }

    @Override
    public void pauseExactly(Set<TopicPartition> partitions) {
        Set<TopicPartition> assigned = consumer.assignment();
        Set<TopicPartition> resume = new HashSet<>(consumer.paused());
        resume.removeAll(partitions);
        Set<TopicPartition> pause = new HashSet<>(partitions);
        pause.retainAll(assigned);
        consumer.resume(resume);
        consumer.pause(pause);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    @Override
    public Written write(Collection<ProducerRecord<String, byte[]>> records, Map<TopicPartition, OffsetMap> maps) {
        Producer<String, byte[]> current;
        try {
            current = producer();
        } catch (KafkaException e) {
            return new Written.Aborted(e);
        }
        boolean committing = false;
        try {
            current.beginTransaction();
            for (ProducerRecord<String, byte[]> record : records) {
                // A failed send fails the commit, which says so.
                var _ = current.send(record);
            }
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            maps.forEach((partition, map) -> offsets.put(partition, map.toCommit()));
            current.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
            committing = true;
            current.commitTransaction();
            return new Written.Committed();
        } catch (KafkaException | IllegalStateException e) {
            return committing ? giveUp(e) : abort(current, e);
        }
    }

    @Override
    public Map<TopicPartition, OffsetMap> committed(Set<TopicPartition> partitions) {
        // The new producer's start waits until the last transaction has ended.
        producer();
        Map<TopicPartition, OffsetMap> maps = new HashMap<>();
        consumer.committed(partitions).forEach((partition, offset) -> {
            if (offset != null) {
                maps.put(partition, OffsetMap.of(offset));
            }
        });
        return maps;
    }

    /// Nothing has asked for the commit yet, so once the abort is confirmed the fate is known. After a fatal
    /// failure the producer refuses it.
    private Written abort(Producer<String, byte[]> current, Exception cause) {
        try {
            current.abortTransaction();
            return new Written.Aborted(cause);
        } catch (KafkaException | IllegalStateException e) {
            cause.addSuppressed(e);
            return giveUp(cause);
        }
    }

    /// The commit was asked for, or the producer is broken: whether the coordinator has written the commit is
    /// not told apart by the kind of failure.
    private Written giveUp(Exception cause) {
        LOG.warn("the transactional producer is replaced: {}", cause.toString());
        closeProducer();
        return new Written.Unknown(cause);
    }

    private Producer<String, byte[]> producer() {
        if (producer == null) {
            producer = started(producers.get());
        }
        return producer;
    }

    private static Producer<String, byte[]> started(Producer<String, byte[]> fresh) {
        try {
            fresh.initTransactions();
            return fresh;
        } catch (KafkaException e) {
            fresh.close(Duration.ZERO);
            throw e;
        }
    }

    private void closeProducer() {
        Producer<String, byte[]> old = producer;
        if (old != null) {
            producer = null;
            old.close(Duration.ZERO);
        }
    }

    @Override
    public ToldHealth health() {
        return health;
    }

    @Override
    public void close() {
        try {
            consumer.close();
        } finally {
            closeProducer();
            health.close();
        }
    }

    private final class Rebalances implements ConsumerRebalanceListener {

        private final Listener listener;

        Rebalances(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.isEmpty()) {
                return;
            }
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            Map<TopicPartition, OffsetMap> maps = new HashMap<>();
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata offset = committed.get(partition);
                maps.put(
                        partition,
                        offset == null ? OffsetMap.upTo(consumer.position(partition)) : OffsetMap.of(offset));
            }
            listener.assigned(maps);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            listener.revoked(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            listener.lost(partitions);
        }
    }
}
