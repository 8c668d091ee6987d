package dev.waybill.worker.delivery;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sink processor of one kind: admits tasks, has attempts made, writes what they ended with.
///
/// Everything here runs on the loop's thread, but [#run], which runs on an attempt's, and touches nothing of the loop
/// except its two concurrent collections.
final class SinkLoop implements Loop, TaskLog.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(SinkLoop.class);

    /// Outcomes of one transaction: enough for 40 000 a second at the default interval, few enough to be written well
    /// within the transaction's timeout.
    static final int BATCH_MAX = 2_000;

    /// How long a poll may take while attempts run: what they end with waits no longer than this to be looked at.
    private static final Duration BUSY_POLL = Duration.ofMillis(5);

    private static final Duration IDLE_POLL = Duration.ofMillis(100);

    private static final Duration WRITE_BACKOFF_MAX = Duration.ofSeconds(1);

    private final Kind kind;
    private final SinkLoopSettings settings;
    private final Records records;
    private final TaskRecords tasks;
    private final OutcomeRecords outcomes;
    private final Attempts attempts;
    private final ExecutorService threads;
    private final InstantSource clock;
    private final LoopMetrics metrics;
    private final TaskLog log;
    private final Lanes lanes;

    private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
    /// Records polled and not admitted yet; at most one poll's worth for each partition, which is paused meanwhile.
    private final Map<TopicPartition, Deque<ConsumerRecord<String, byte[]>>> backlog = new HashMap<>();
    /// Partitions whose next record cannot be decoded because the schema registry is away.
    private final Map<TopicPartition, Instant> resting = new HashMap<>();
    /// Ended and not known to be committed.
    private final List<Ended> unwritten = new ArrayList<>();
    /// Both bounded by what is admitted.
    private final LinkedBlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final Map<Work, Instant> inFlight = new ConcurrentHashMap<>();

    private int epochs;
    private boolean uncertain;
    private Instant writeAt;
    private Duration writeBackoff;
    private volatile int admitted;
    private volatile int paused;

    SinkLoop(
            Kind kind,
            SinkLoopSettings settings,
            Records records,
            TaskRecords tasks,
            OutcomeRecords outcomes,
            Attempts attempts,
            ExecutorService threads,
            InstantSource clock,
            LoopMetrics metrics,
            Function<TaskLog.Listener, TaskLog> log) {
        this.kind = kind;
        this.settings = settings;
        this.records = records;
        this.tasks = tasks;
        this.outcomes = outcomes;
        this.attempts = attempts;
        this.threads = threads;
        this.clock = clock;
        this.metrics = metrics;
        this.lanes = new Lanes(new LaneSettings(settings.slots(), LaneSettings.DEFAULT_SHARE));
        this.writeAt = clock.instant();
        this.writeBackoff = settings.commitInterval();
        this.log = log.apply(this);
        metrics.started(kind, this::gauges);
    }

    @Override
    public void step() {
        for (ConsumerRecord<String, byte[]> record : log.poll(pollTimeout())) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            backlog.computeIfAbsent(partition, _ -> new ArrayDeque<>()).add(record);
        }
        Instant now = clock.instant();
        partitions.forEach((partition, progress) -> admitBacklog(partition, progress, now));
        start(lanes.startable(now));
        boolean more = !now.isBefore(writeAt);
        while (more) {
            more = write(now) && !unwritten.isEmpty();
        }
        pause(now);
    }

    private Duration pollTimeout() {
        return inFlight.isEmpty() && ended.isEmpty() && unwritten.isEmpty() && admitted == 0 ? IDLE_POLL : BUSY_POLL;
    }

    // --- admitting -------------------------------------------------------------------------------------------------

    private void admitBacklog(TopicPartition partition, PartitionProgress progress, Instant now) {
        Queue<ConsumerRecord<String, byte[]>> waiting = backlog.get(partition);
        if (waiting == null || isResting(partition, now)) {
            return;
        }
        while (!waiting.isEmpty() && hasRoom(progress)) {
            ConsumerRecord<String, byte[]> record = waiting.element();
            try {
                admit(partition, progress, record, now);
            } catch (RegistryUnavailableException e) {
                LOG.warn("{} rests for {}: {}", partition, settings.registryPause(), e.getMessage());
                resting.put(partition, now.plus(settings.registryPause()));
                return;
            }
            waiting.remove();
        }
    }

    private void admit(
            TopicPartition partition, PartitionProgress progress, ConsumerRecord<String, byte[]> record, Instant now) {
        int size = Math.max(0, record.serializedValueSize());
        Task task;
        Destination destination;
        try {
            task = read(record);
            destination = requireDestination(task);
        } catch (PoisonRecordException | InvalidRecordException e) {
            if (progress.admit(record.offset(), size)) {
                metrics.poison(kind);
                LOG.warn(
                        "{} offset {} is no task and goes to the dead letters: {}",
                        partition,
                        record.offset(),
                        e.getMessage());
                ended.add(new Ended(
                        partition, progress.epoch(), record.offset(), size, List.of(tasks.poison(record, e))));
            }
            return;
        }
        int room = settings.admittedMax() - progress.admitted();
        if (!progress.admit(record.offset(), size)) {
            return;
        }
        Work work =
                new Work(task, destination, partition, progress.epoch(), record.offset(), record.headers(), size, now);
        switch (lanes.offer(work, room, now)) {
            case Admission.Accepted() -> {}
            case Admission.Overflow(Instant due) -> {
                metrics.overflowed(kind);
                ended.add(outcomes.overflowed(work, due, now));
            }
        }
    }

    private Task read(ConsumerRecord<String, byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            throw new InvalidRecordException("a task has a value");
        }
        return records.task(Bytes.of(value));
    }

    private static Destination requireDestination(Task task) {
        Destination destination = task.destination();
        if (destination == null) {
            throw new InvalidRecordException("a task at a sink carries its destination");
        }
        return destination;
    }

    private boolean hasRoom(PartitionProgress progress) {
        return progress.admitted() < settings.admittedMax() && admittedBytes() < settings.admittedBytesMax();
    }

    private long admittedBytes() {
        return partitions.values().stream().mapToLong(PartitionProgress::bytes).sum();
    }

    private boolean isResting(TopicPartition partition, Instant now) {
        Instant until = resting.get(partition);
        if (until != null && !now.isBefore(until)) {
            resting.remove(partition);
            return false;
        }
        return until != null;
    }

    /// A partition whose records could not all be admitted gives no more of them.
    private void pause(Instant now) {
        Set<TopicPartition> full = new HashSet<>();
        boolean noBytes = admittedBytes() >= settings.admittedBytesMax();
        partitions.forEach((partition, progress) -> {
            Queue<ConsumerRecord<String, byte[]>> waiting = backlog.get(partition);
            boolean behind = waiting != null && !waiting.isEmpty();
            if (noBytes || behind || !hasRoom(progress) || isResting(partition, now)) {
                full.add(partition);
            }
        });
        log.pauseExactly(full);
        paused = full.size();
        admitted = partitions.values().stream()
                .mapToInt(PartitionProgress::admitted)
                .sum();
    }

    // --- attempts --------------------------------------------------------------------------------------------------

    private void start(List<Work> works) {
        for (Work work : works) {
            inFlight.put(work, clock.instant());
            threads.execute(() -> run(work));
        }
    }

    /// On the attempt's own thread.
    private void run(Work work) {
        Instant due = work.task().route().dueAt();
        if (due != null) {
            metrics.lag(kind, Duration.between(due, clock.instant()));
        }
        try {
            ended.add(attempts.make(work));
        } catch (RuntimeException e) {
            // The records could not be encoded. The task stays admitted and uncommitted, so nothing is lost; it is made
            // again once this partition moves or the worker starts anew.
            LOG.error(
                    "the outcome of an attempt could not be encoded: {} offset {}", work.partition(), work.offset(), e);
        } finally {
            inFlight.remove(work);
            start(lanes.ended(work, clock.instant()));
        }
    }

    // --- writing ---------------------------------------------------------------------------------------------------

    /// Writes one batch.
    ///
    /// @return whether one was written, so that there may be another
    private boolean write(Instant now) {
        writeAt = now.plus(settings.commitInterval());
        ended.drainTo(unwritten);
        dropStale();
        if (unwritten.isEmpty() || (uncertain && !dropCovered(now))) {
            return false;
        }
        Batch batch = new Batch(unwritten.subList(0, Math.min(BATCH_MAX, unwritten.size())));
        Map<TopicPartition, Collection<Long>> offsets = batch.offsets();
        Map<TopicPartition, OffsetMap> maps = new HashMap<>();
        offsets.forEach(
                (partition, done) -> maps.put(partition, progress(partition).mapWith(done)));
        return switch (log.write(batch.records(), maps)) {
            case TaskLog.Written.Committed() -> {
                unwritten.subList(0, batch.ended().size()).clear();
                offsets.forEach((partition, done) -> progress(partition).committed(done));
                metrics.written(kind, batch.ended().size());
                writeBackoff = settings.commitInterval();
                yield true;
            }
            case TaskLog.Written.Aborted(Exception cause) -> {
                failed(now, cause);
                yield false;
            }
            case TaskLog.Written.Unknown(Exception cause) -> {
                uncertain = true;
                failed(now, cause);
                yield false;
            }
        };
    }

    private void failed(Instant now, Exception cause) {
        metrics.writeFailed(kind);
        LOG.warn("a transaction of {} outcomes failed; they are written again", unwritten.size(), cause);
        writeBackoff = min(writeBackoff.multipliedBy(2), WRITE_BACKOFF_MAX);
        writeAt = now.plus(writeBackoff);
    }

    /// What belongs to a partition that was lost since is somebody else's: the broker would take it all the same.
    private void dropStale() {
        unwritten.removeIf(one -> {
            PartitionProgress progress = partitions.get(one.partition());
            return progress == null || progress.epoch() != one.epoch();
        });
    }

    /// After a transaction of unknown fate: asks what is committed, and drops what that covers.
    ///
    /// @return whether it is known now
    private boolean dropCovered(Instant now) {
        Map<TopicPartition, OffsetMap> committed;
        try {
            committed = log.committed(Set.copyOf(partitions.keySet()));
        } catch (RuntimeException e) {
            failed(now, e);
            return false;
        }
        unwritten.removeIf(one -> {
            OffsetMap map = committed.get(one.partition());
            boolean covered = map != null && map.isDone(one.offset());
            if (covered) {
                progress(one.partition()).committed(List.of(one.offset()));
            }
            return covered;
        });
        uncertain = false;
        return true;
    }

    private PartitionProgress progress(TopicPartition partition) {
        PartitionProgress progress = partitions.get(partition);
        if (progress == null) {
            throw new IllegalStateException("not assigned: " + partition);
        }
        return progress;
    }

    // --- assignments -----------------------------------------------------------------------------------------------

    @Override
    public void assigned(Map<TopicPartition, OffsetMap> added) {
        added.forEach((partition, map) -> {
            partitions.put(partition, new PartitionProgress(++epochs, map));
            backlog.remove(partition);
            resting.remove(partition);
        });
        LOG.info("{} takes {}", kind.wireName(), added.keySet());
    }

    /// Lets what runs end, for a bounded time, and writes it; what has not started is the next owner's.
    @Override
    public void revoked(Collection<TopicPartition> gone) {
        lanes.drop(work -> gone.contains(work.partition()));
        long deadline = System.nanoTime() + settings.drainMax().toNanos();
        while (inFlight.keySet().stream().anyMatch(work -> gone.contains(work.partition()))
                && System.nanoTime() < deadline
                && awaitEnded()) {}
        boolean written;
        do {
            written = write(clock.instant());
        } while (written);
        lost(gone);
    }

    /// Waits a moment for something to end; false if the thread is to stop.
    private boolean awaitEnded() {
        try {
            Ended one = ended.poll(BUSY_POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (one != null) {
                unwritten.add(one);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void lost(Collection<TopicPartition> gone) {
        lanes.drop(work -> gone.contains(work.partition()));
        gone.forEach(partition -> {
            partitions.remove(partition);
            backlog.remove(partition);
            resting.remove(partition);
        });
        dropStale();
        LOG.info("{} gives {}", kind.wireName(), gone);
    }

    @Override
    public void close() {
        try {
            log.close();
        } finally {
            threads.shutdownNow();
            attempts.close();
        }
    }

    private LoopMetrics.Gauges gauges() {
        Instant now = clock.instant();
        Duration oldest = inFlight.values().stream()
                .min(Instant::compareTo)
                .map(since -> Duration.between(since, now))
                .orElse(Duration.ZERO);
        return new LoopMetrics.Gauges(inFlight.size(), admitted, paused, oldest);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
