package dev.waybill.worker.projector;

import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.store.Batch;
import dev.waybill.worker.projector.store.Batch.Span;
import dev.waybill.worker.projector.store.BatchWriter;
import dev.waybill.worker.projector.store.DatabaseException;
import dev.waybill.worker.projector.store.PartitionGrid;
import dev.waybill.worker.projector.store.Projected.Discarded;
import dev.waybill.worker.projector.store.Projected.Written;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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

/// The life of one consumer, on one thread. While a batch is being written, the next one is fetched and read.
///
/// A partition is either *placed* (its position is what the database says, plus the batch under way) or waits, paused,
/// to be placed. Whatever goes wrong, the way out is the same: throw away what is in memory, and after a while ask the
/// database again where to go on.
final class ProjectionLoop implements ConsumerRebalanceListener {

    private static final Logger log = LoggerFactory.getLogger(ProjectionLoop.class);

    /// Also how soon a finished batch is noticed when nothing new arrives.
    private static final Duration POLL = Duration.ofMillis(100);

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

    private final Map<TopicPartition, Long> placed = new HashMap<>();
    private final Set<TopicPartition> waiting = new HashSet<>();
    private long retryAt = System.nanoTime();
    private long lagAt = System.nanoTime();
    private @Nullable Write write;
    private volatile @Nullable String trouble;

    ProjectionLoop(
            Consumer<byte[], byte[]> consumer,
            RecordReader reader,
            BatchWriter writer,
            PartitionGrid grid,
            ProjectorMetrics metrics,
            InstantSource clock,
            ExecutorService writers,
            ProjectionSettings.Bounds bounds,
            ProjectorTracing tracing) {
        this.consumer = consumer;
        this.reader = reader;
        this.writer = writer;
        this.grid = grid;
        this.metrics = metrics;
        this.clock = clock;
        this.writers = writers;
        this.bounds = bounds;
        this.tracing = tracing;
        this.backoff = new Backoff(bounds.backoffMin(), bounds.backoffMax());
    }

    /// What is missing at the moment; null when all is well.
    @Nullable
    String trouble() {
        return trouble;
    }

    /// One turn: place what waits, fetch, hand over to be written.
    void turn() {
        place();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
            project(records);
        } else if (write != null && write.isDone()) {
            settle(Duration.ZERO);
        }
        reportLag();
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

    private void project(ConsumerRecords<byte[], byte[]> records) {
        Batch batch;
        var traced = new ArrayList<ProjectorTracing.Event>();
        try {
            batch = read(records, traced);
        } catch (RegistryUnavailableException e) {
            settle(WRITE_MAX);
            stumble("registry", e);
            return;
        }
        if (settle(WRITE_MAX) && !batch.spans().isEmpty()) {
            batch.spans().forEach((partition, span) -> placed.put(partition, span.next()));
            var passage = traced.isEmpty() ? ProjectorTracing.Passage.NONE : tracing.begin(traced);
            write = new Write(batch, passage, writers.submit(() -> writer.write(batch, grid.horizon(clock.instant()))));
        }
    }

    private Batch read(ConsumerRecords<byte[], byte[]> records, List<ProjectorTracing.Event> traced) {
        var items = new ArrayList<Batch.Item>(records.count());
        var spans = new HashMap<TopicPartition, Span>();
        for (TopicPartition partition : records.partitions()) {
            Long start = placed.get(partition);
            if (start == null) {
                continue;
            }
            long next = start;
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                Batch.Item item = reader.read(record);
                items.add(item);
                if (item.change() instanceof DeliveryEvent event && tracing.follows(record.headers())) {
                    traced.add(new ProjectorTracing.Event(record.headers(), event));
                }
                next = record.offset() + 1;
            }
            // Beyond the last record there may be a transaction's marker.
            var position = records.nextOffsets().get(partition);
            spans.put(partition, new Span(start, position == null ? next : Math.max(next, position.offset())));
        }
        return new Batch(items, spans);
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
    }
}
