package dev.waybill.worker.delivery;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets tasks wait in the retry topics, and moves those that have waited long enough back to the router. It decodes
/// none of them.
///
/// A partition whose head is not due is paused until then, so nothing is held in memory and no poll is late.
final class RetryForwarder implements Loop, TaskLog.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(RetryForwarder.class);

    /// Shorter than the shortest delay by far; a partition that becomes due meanwhile waits no longer than this.
    private static final Duration POLL = Duration.ofMillis(20);

    /// A paused partition is looked at no more often than this, so that a steady stream is moved in batches.
    private static final long PAUSE_MIN_MILLIS = 20;

    /// And no less often than this: a wall clock that is put right may make its head due.
    private static final long PAUSE_MAX_MILLIS = 30_000;

    /// After a transaction failed, its partitions rest so long.
    private static final long FAILURE_PAUSE_MILLIS = 500;

    private final Topics topics;
    private final Map<String, Duration> delays;
    private final Records records;
    private final LoopTime time;
    private final LoopMetrics metrics;
    private final TaskLog log;

    private final Map<TopicPartition, RetryQueue> queues = new HashMap<>();
    /// Paused partitions, with the monotonic time in milliseconds when to look again.
    private final Map<TopicPartition, Long> paused = new HashMap<>();

    /// @param delays of each retry topic, by its name
    RetryForwarder(
            Topics topics,
            Map<String, Duration> delays,
            Records records,
            LoopTime time,
            LoopMetrics metrics,
            Function<TaskLog.Listener, TaskLog> log) {
        this.topics = topics;
        this.delays = Map.copyOf(delays);
        this.records = records;
        this.time = time;
        this.metrics = metrics;
        this.log = log.apply(this);
    }

    @Override
    public void step() {
        List<ConsumerRecord<String, byte[]>> polled = log.poll(POLL);
        List<ProducerRecord<String, byte[]>> due = new ArrayList<>();
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, OffsetMap> reached = new HashMap<>();
        long monotonic = monotonicMillis();
        paused.values().removeIf(until -> until <= monotonic);
        for (ConsumerRecord<String, byte[]> record : polled) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            RetryQueue queue = queues.get(partition);
            if (queue == null || paused.containsKey(partition)) {
                continue;
            }
            OptionalLong wait = queue.waitFor(
                    record.offset(), record.timestamp(), due(record), time.now().toEpochMilli(), monotonic);
            if (wait.isPresent()) {
                paused.put(partition, monotonic + Math.clamp(wait.getAsLong(), PAUSE_MIN_MILLIS, PAUSE_MAX_MILLIS));
                log.seek(partition, record.offset());
            } else {
                due.add(forward(record));
                from.putIfAbsent(partition, record.offset());
                reached.put(partition, OffsetMap.upTo(record.offset() + 1));
            }
        }
        if (!due.isEmpty()) {
            write(due, from, reached);
        }
        log.pauseExactly(Set.copyOf(paused.keySet()));
    }

    private static long due(ConsumerRecord<String, byte[]> record) {
        String text = Headers.text(record.headers(), Headers.DUE);
        try {
            return text == null ? Long.MAX_VALUE : Long.parseLong(text);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE;
        }
    }

    private long monotonicMillis() {
        return time.nanos() / 1_000_000;
    }

    /// Nothing is read here, but what cannot even be put into a return is a dead letter at once.
    private ProducerRecord<String, byte[]> forward(ConsumerRecord<String, byte[]> record) {
        byte[] value = record.value();
        if (value == null || !Poison.isEnclosable(record)) {
            String fault = value == null ? "a task has a value" : "the record is larger than any task can be";
            return Poison.deadLetter(topics.deadLetters(), record, new InvalidRecordException(fault));
        }
        String key = record.key() == null ? "" : Keys.organizationOf(record.key());
        ProducerRecord<String, byte[]> forwarded = new ProducerRecord<>(
                topics.returns(), key, records.encodeReturn(Bytes.of(value)).array());
        record.headers().forEach(header -> {
            if (!header.key().equals(Headers.DUE)) {
                forwarded.headers().add(header);
            }
        });
        return forwarded;
    }

    private void write(
            List<ProducerRecord<String, byte[]>> due,
            Map<TopicPartition, Long> from,
            Map<TopicPartition, OffsetMap> reached) {
        switch (log.write(due, reached)) {
            case TaskLog.Written.Committed() -> metrics.forwarded(due.size());
            case TaskLog.Written.Aborted(Exception cause) -> goBack(from, cause);
            case TaskLog.Written.Unknown(Exception cause) -> goBack(from, cause);
        }
    }

    /// Reads again from what is committed. If that cannot be found out now, the loop fails and starts anew there.
    private void goBack(Map<TopicPartition, Long> from, Exception cause) {
        LOG.warn("moving due tasks failed; they are moved again", cause);
        Map<TopicPartition, OffsetMap> committed = log.committed(from.keySet());
        from.forEach((partition, first) -> {
            OffsetMap map = committed.get(partition);
            // Nothing is committed for a partition before its first task was moved.
            log.seek(partition, map == null ? first : map.prefix());
            paused.put(partition, monotonicMillis() + FAILURE_PAUSE_MILLIS);
        });
    }

    @Override
    public void assigned(Map<TopicPartition, OffsetMap> added) {
        added.keySet().forEach(partition -> {
            Duration delay = delays.get(partition.topic());
            if (delay == null) {
                throw new IllegalStateException("not a retry topic: " + partition.topic());
            }
            queues.put(partition, new RetryQueue(delay));
        });
    }

    @Override
    public void revoked(Collection<TopicPartition> gone) {
        lost(gone);
    }

    @Override
    public void lost(Collection<TopicPartition> gone) {
        queues.keySet().removeAll(gone);
        paused.keySet().removeAll(gone);
    }

    @Override
    public void close() {
        log.close();
    }
}
