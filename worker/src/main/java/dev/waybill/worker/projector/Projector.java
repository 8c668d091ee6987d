package dev.waybill.worker.projector;

import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.worker.projector.store.BatchWriter;
import dev.waybill.worker.projector.store.Database;
import dev.waybill.worker.projector.store.DatabaseException;
import dev.waybill.worker.projector.store.PartitionGrid;
import dev.waybill.worker.projector.store.Partitions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the read model: reads events and configuration from Kafka and writes rows. Any number of projectors may share
/// the work.
///
/// It owns one platform thread for its consumer; a batch is written on a virtual thread, and partitions of the tables
/// are looked after on another. It never gives up: what is away is waited for.
public final class Projector implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Projector.class);

    private static final Duration UPKEEP_RETRY = Duration.ofMinutes(1);

    /// Beyond the drain: leaving the group, closing sockets.
    private static final Duration CLOSE_CONSUMER = Duration.ofSeconds(2);

    private final ProjectionSettings settings;
    private final RecordReader reader;
    private final BatchWriter writer;
    private final Partitions partitions;
    private final PartitionGrid grid;
    private final ProjectorMetrics metrics;
    private final ProjectorTracing tracing;
    private final InstantSource clock;
    private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("waybill-projector").unstarted(this::run);
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile @Nullable ProjectionLoop loop;
    private volatile long lastTurn = System.nanoTime();

    /// Database and codec stay the caller's to close, afterwards.
    public Projector(
            ProjectionSettings settings,
            Database database,
            AvroCodec codec,
            ProjectorMetrics metrics,
            ProjectorTracing tracing,
            InstantSource clock) {
        this.settings = settings;
        this.reader = new RecordReader(codec, settings.topics());
        this.writer = new BatchWriter(database);
        this.grid = new PartitionGrid(settings.partitionDays(), settings.retention());
        this.partitions = new Partitions(database, grid);
        this.metrics = metrics;
        this.tracing = tracing;
        this.clock = clock;
    }

    /// How the projector is.
    ///
    /// @param sinceTurn since its thread last came round; a write may take two minutes, more means that it is stuck
    /// @param waitingFor what is away, `postgres`, `registry` or `kafka`; null when all is well
    public record Status(Duration sinceTurn, @Nullable String waitingFor) {}

    public Status status() {
        ProjectionLoop current = loop;
        return new Status(Duration.ofNanos(System.nanoTime() - lastTurn), current == null ? null : current.trouble());
    }

    /// Starts its threads; returns at once.
    public void start() {
        thread.start();
        writers.execute(this::keepPartitions);
    }

    private void run() {
        var backoff =
                new Backoff(settings.bounds().backoffMin(), settings.bounds().backoffMax());
        while (!isClosing()) {
            try {
                live(backoff);
            } catch (WakeupException _) {
                // Only close() wakes it up.
            } catch (RuntimeException e) {
                metrics.unavailable("kafka");
                log.warn("The projector's consumer ended, starting another one", e);
                sleep(backoff.next());
            }
        }
    }

    private void live(Backoff backoff) {
        var current = new KafkaConsumer<>(
                ConsumerProperties.of(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var turning = new ProjectionLoop(current, reader, writer, grid, metrics, clock, writers, settings, tracing);
        this.consumer = current;
        this.loop = turning;
        try {
            Topics topics = settings.topics();
            current.subscribe(
                    List.of(topics.attempts(), topics.destinations(), topics.rules(), topics.templates()), turning);
            while (!isClosing()) {
                lastTurn = System.nanoTime();
                turning.turn();
                backoff.reset();
            }
        } finally {
            this.consumer = null;
            // Closing takes the partitions away, and so drains.
            current.close(CloseOptions.timeout(settings.bounds().drain().plus(CLOSE_CONSUMER)));
        }
    }

    private void keepPartitions() {
        do {
            Duration pause = settings.bounds().upkeepEvery();
            try {
                Partitions.Upkeep done = partitions.upkeep(clock.instant());
                if (done.created() + done.dropped() > 0) {
                    log.info("Created {} table partitions, dropped {}", done.created(), done.dropped());
                }
            } catch (DatabaseException e) {
                log.debug("Table partitions could not be looked after: {}", e.getMessage());
                pause = UPKEEP_RETRY;
            } catch (RuntimeException e) {
                log.error("Table partitions could not be looked after", e);
                pause = UPKEEP_RETRY;
            }
            sleep(pause);
        } while (!isClosing());
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /// Sleeps, but not longer than until close.
    private void sleep(Duration time) {
        try {
            if (closing.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                log.debug("Closing");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Finishes the batch under way, or leaves it to whoever comes next; within
    /// [ProjectionSettings.Bounds#drain] and four seconds.
    @Override
    public void close() {
        closing.countDown();
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        try {
            thread.join(settings.bounds().drain().plus(CLOSE_CONSUMER.multipliedBy(2)));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        writers.shutdownNow();
    }
}
