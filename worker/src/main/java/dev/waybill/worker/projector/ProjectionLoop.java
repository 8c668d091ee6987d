package dev.waybill.worker.projector;

import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.worker.projector.store.Batch;
import dev.waybill.worker.projector.store.BatchWriter;
import dev.waybill.worker.projector.store.DatabaseException;
import dev.waybill.worker.projector.store.PartitionGrid;
import dev.waybill.worker.projector.store.Projected;
import dev.waybill.worker.projector.store.Projected.Discarded;
import dev.waybill.worker.projector.store.Projected.Written;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of one consumer, on one thread. While a batch is being written, the next one is [gathered][Gathering].
///
/// A partition is either *placed* (its position is what the database says, plus the batch under way and the one that
/// gathers) or waits, paused, to be placed. Whatever goes wrong, the way out is the same: throw away what is in memory,
/// and after a while ask the
/// database again where to go on.
final class ProjectionLoop implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(ProjectionLoop.class);

    /// Also how soon a finished batch is noticed when nothing new arrives.
    private static final Duration POLL = Duration.ofMillis(100);

    /// The same while a batch waits for the one that is being written.
    private static final Duration WRITING_POLL = Duration.ofMillis(5);

    private static final Duration LAG_EVERY = Duration.ofSeconds(1);

    private static final Duration ASK_KAFKA = Duration.ofSeconds(5);

    /// A healthy write ends after 15 s at most. One batch that Postgres refuses takes many; still it must end before
    /// `max.poll.interval.ms` (5 min).
    private static final Duration WRITE_MAX = Duration.ofMinutes(2);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordReader reader;
    private final BatchWriter writer;
    private final PartitionGrid grid;
    private final ProjectorMetrics metrics;
    private final InstantSource clock;
    private final ExecutorService writers;
    private final ProjectionSettings.Bounds bounds;
    private final ProjectorTracing tracing;
    private final Backoff backoff;
    private final Gathering gathering;

    private final Map<TopicPartition, Long> placed = new HashMap<>();
    private final Set<TopicPartition> waiting = new HashSet<>();
    private long retryAt = System.nanoTime();
    private long lagAt = System.nanoTime();
    private @Nullable Write write;
    private volatile Duration lastWrite = Duration.ZERO;
    private volatile @Nullable String trouble;

    ProjectionLoop(
            Consumer<byte[], byte[]> consumer,
            RecordReader reader,
            BatchWriter writer,
            PartitionGrid grid,
            ProjectorMetrics metrics,
            InstantSource clock,
            ExecutorService writers,
            ProjectionSettings settings,
            ProjectorTracing tracing) {
        this.consumer = consumer;
        this.reader = reader;
        this.writer = writer;
        this.grid = grid;
        this.metrics = metrics;
        this.clock = clock;
        this.writers = writers;
        this.bounds = settings.bounds();
        this.tracing = tracing;
        this.backoff = new Backoff(bounds.backoffMin(), bounds.backoffMax());
        this.gathering =
                new Gathering(settings.batchMaxRecords() - settings.pollMaxRecords(), bounds.gatherMax(), tracing);
    }

    /// What is missing at the moment; null when all is well.
    @Nullable
    String trouble() {
        return trouble;
    }

    /// One turn: place what waits, fetch and read, hand over to be written.
    void turn() {
        place();
        gather(consumer.poll(patience()));
        if (write != null && write.isDone()) {
            settle(Duration.ZERO);
        }
        if (gathering.isFull() || (isDue() && write == null)) {
            begin();
        }
        reportLag();
    }

    private boolean isDue() {
        return !gathering.isEmpty() && !gathering.left(System.nanoTime()).isPositive();
    }

    private Duration patience() {
        if (gathering.isEmpty()) {
            return POLL;
        }
        Duration left = gathering.left(System.nanoTime());
        Duration wanted = left.compareTo(WRITING_POLL) < 0 ? WRITING_POLL : left;
        return wanted.compareTo(POLL) < 0 ? wanted : POLL;
    }

    /// Waits for the batch under way, so that its offsets are committed for those who watch the group.
    void drain() {
        settle(bounds.drain());
    }

    private void place() {
        if (waiting.isEmpty() || System.nanoTime() - retryAt < 0) {
            return;
        }
        // The write under way moves positions.
        if (!settle(WRITE_MAX)) {
            return;
        }
        try {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(waiting, ASK_KAFKA);
            Map<TopicPartition, Long> positions =
                    writers.submit(() -> writer.positions(beginnings)).get();
            positions.forEach((partition, next) -> {
                warnOfLoss(partition, next, beginnings);
                consumer.seek(partition, next);
            });
            consumer.resume(positions.keySet());
            placed.putAll(positions);
            waiting.removeAll(positions.keySet());
            cheer();
        } catch (ExecutionException e) {
            stumble("postgres", e.getCause() == null ? e : e.getCause());
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            stumble("kafka", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void warnOfLoss(TopicPartition partition, long next, Map<TopicPartition, Long> beginnings) {
        long beginning = beginnings.getOrDefault(partition, 0L);
        if (next < beginning) {
            log.warn(
                    "{}: Kafka deleted offsets {} to {} before they were projected; the rows they would have made are"
                            + " missing. Keep the topic for longer than Postgres may be away.",
                    partition,
                    next,
                    beginning - 1);
        }
    }

    /// Reads what was fetched. What comes before a record that the registry does not tell about is still written.
    private void gather(ConsumerRecords<byte[], byte[]> records) {
        try {
            for (TopicPartition partition : records.partitions()) {
                gather(partition, records);
            }
        } catch (RegistryUnavailableException e) {
            begin();
            settle(WRITE_MAX);
            stumble("registry", e);
        }
    }

    private void gather(TopicPartition partition, ConsumerRecords<byte[], byte[]> records) {
        Long start = placed.get(partition);
        if (start == null) {
            return;
        }
        long next = start;
        try {
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                gathering.add(reader.read(record), record.headers());
                next = record.offset() + 1;
            }
            // Beyond the last record there may be a transaction's marker.
            var position = records.nextOffsets().get(partition);
            next = position == null ? next : Math.max(next, position.offset());
        } finally {
            if (next > start) {
                gathering.reached(partition, start, next, System.nanoTime());
                placed.put(partition, next);
            }
        }
    }

    /// Hands over what was gathered, once the batch under way is written.
    private void begin() {
        if (!settle(WRITE_MAX) || gathering.isEmpty()) {
            return;
        }
        var gathered = gathering.take();
        var passage = gathered.traced().isEmpty() ? ProjectorTracing.Passage.NONE : tracing.begin(gathered.traced());
        Batch batch = gathered.batch();
        write = new Write(batch, passage, writers.submit(() -> write(batch)));
    }

    /// On a thread of its own.
    private Projected write(Batch batch) {
        long began = System.nanoTime();
        Projected projected = writer.write(batch, grid.horizon(clock.instant()));
        lastWrite = Duration.ofNanos(System.nanoTime() - began);
        return projected;
    }

    /// Waits for the write under way, if there is one.
    ///
    /// @return whether positions still hold
    private boolean settle(Duration patience) {
        Write current = write;
        if (current == null) {
            return true;
        }
        write = null;
        try {
            return switch (current.await(patience)) {
                case Written written -> {
                    succeed(current, written);
                    yield true;
                }
                case Discarded _ -> {
                    metrics.discarded(current.batch().size());
                    log.info(
                            "Another projector got further with {}",
                            current.batch().spans().keySet());
                    giveUpPlaces();
                    yield false;
                }
            };
        } catch (ExecutionException e) {
            stumble("postgres", e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            stumble("postgres", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            giveUpPlaces();
        }
        return false;
    }

    private void succeed(Write current, Written written) {
        metrics.projected(current.batch().size(), written.rows(), current.age());
        gathering.written(lastWrite);
        current.passage().projected();
        if (written.refused() > 0) {
            metrics.refused(written.refused());
        }
        if (written.expired() > 0) {
            metrics.expired(written.expired());
        }
        if (written.quarantined() > 0) {
            metrics.quarantined(written.quarantined());
        }
        // Only for those who watch the group: the projector itself never reads them.
        consumer.commitAsync(current.committed(), (offsets, error) -> {
            if (error != null) {
                log.debug("Offsets of the group are not committed: {}", error.getMessage());
            }
        });
        cheer();
    }

    private void cheer() {
        backoff.reset();
        if (trouble != null) {
            log.info("Projecting again");
            trouble = null;
        }
    }

    private void stumble(String what, Throwable error) {
        metrics.unavailable(what);
        if (error instanceof DatabaseException
                || error instanceof KafkaException
                || error instanceof TimeoutException) {
            if (!what.equals(trouble)) {
                log.warn("Not projecting, waiting for {}: {}", what, error.getMessage());
            }
        } else {
            log.error("Not projecting, trying again", error);
        }
        trouble = what;
        giveUpPlaces();
    }

    private void giveUpPlaces() {
        placed.clear();
        gathering.clear();
        Set<TopicPartition> assigned = consumer.assignment();
        waiting.clear();
        waiting.addAll(assigned);
        consumer.pause(assigned);
        retryAt = System.nanoTime() + backoff.next().toNanos();
    }

    private void reportLag() {
        long now = System.nanoTime();
        if (now - lagAt < 0) {
            return;
        }
        lagAt = now + LAG_EVERY.toNanos();
        for (TopicPartition partition : consumer.assignment()) {
            consumer.currentLag(partition)
                    .ifPresent(records -> metrics.lag(partition.topic(), partition.partition(), records));
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
        waiting.addAll(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        drain();
        forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        drain();
        forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
        partitions.forEach(placed::remove);
        partitions.forEach(waiting::remove);
        gathering.forget(partitions);
    }
}
