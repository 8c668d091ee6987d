package dev.waybill.worker.delivery;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.registry.RegistryException;
import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sink processor of one kind: admits tasks, has attempts made, writes what they ended with.
///
/// Everything here runs on the loop's thread, but [#run] and [#start], which run on attempts' threads too: they
/// touch nothing of the loop except the lanes and the queue of what ended, which are made for it.
final class SinkLoop implements Loop, TaskLog.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(SinkLoop.class);

    /// Outcomes of one transaction: enough for 40 000 a second at the default interval, few enough to be written
    /// well within the transaction's timeout.
    static final int BATCH_MAX = 2_000;

    /// How long a poll may take while attempts run: what they end with waits no longer than this to be looked at.
    private static final Duration BUSY_POLL = Duration.ofMillis(5);

    private static final Duration IDLE_POLL = Duration.ofMillis(100);

    private static final Duration WRITE_BACKOFF_MAX = Duration.ofSeconds(1);

    /// How often is looked for what hangs.
    static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    /// How long a task may hold its partition's offset before an operator is told: by default it has waited for a
    /// minute and made an attempt of twice two minutes before.
    static final Duration HEAD_WARN = Duration.ofMinutes(6);

    private final Kind kind;
    private final SinkLoopSettings settings;
    private final Records records;
    private final TaskRecords tasks;
    private final OutcomeRecords outcomes;
    private final Attempts attempts;
    private final LostAttempts lost;
    private final ExecutorService threads;
    private final LoopTime time;
    private final LoopMetrics metrics;
    private final TaskLog log;
    private final Lanes lanes;
    private final Supplier<LoopMetrics.Gauges> gauges = this::gauges;
    /// The router sends tasks that are due within the shortest retry delay. What comes much earlier, because
    /// clocks differ, must not fill a lane meanwhile.
    private final Duration heldMax;

    private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
    private final Map<TopicPartition, Backlog> backlogs = new HashMap<>();
    /// Ended and not known to be committed.
    private final List<Ended> unwritten = new ArrayList<>();
    /// How destinations are doing, not known to be committed.
    private final Map<UUID, HealthChange> untold = new HashMap<>();
    /// Filled by the attempts' threads; bounded by what is admitted.
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();

    private int epochs;
    private boolean uncertain;
    /// Whether what was told of destinations before the last assignment is still being read.
    private boolean catchingUp;

    private long lookAt;
    private long writeAt;
    private Duration writeBackoff;
    private volatile int admitted;
    private volatile int paused;
    private volatile Duration oldestAdmitted = Duration.ZERO;

    SinkLoop(
            Kind kind,
            SinkLoopSettings settings,
            Records records,
            TaskRecords tasks,
            OutcomeRecords outcomes,
            Attempts attempts,
            ExecutorService threads,
            LoopTime time,
            LoopMetrics metrics,
            Function<TaskLog.Listener, TaskLog> log) {
        this.kind = kind;
        this.settings = settings;
        this.records = records;
        this.tasks = tasks;
        this.outcomes = outcomes;
        this.attempts = attempts;
        this.lost = new LostAttempts(attempts, outcomes, time);
        this.threads = threads;
        this.time = time;
        this.metrics = metrics;
        this.lanes = new Lanes(LaneSettings.of(settings.slots()), time::now, time.nanos());
        this.heldMax = tasks.plan().shortest().delay().multipliedBy(2);
        this.writeAt = time.nanos();
        this.lookAt = time.nanos();
        this.writeBackoff = settings.commitInterval();
        this.log = log.apply(this);
        metrics.started(kind, gauges);
    }

    @Override
    public void step() {
        for (ConsumerRecord<String, byte[]> record : log.poll(pollTimeout())) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            backlogs.computeIfAbsent(partition, _ -> new Backlog()).add(record);
        }
        Instant now = time.now();
        if (knowsHealth()) {
            partitions.forEach((partition, progress) -> admitBacklog(partition, progress, now));
        }
        start(lanes.startable(time.nanos()));
        sendAway(now);
        if (isOver(lookAt)) {
            lookAt = after(LOOK_INTERVAL);
            writeOffStuck(now);
            ended.addAll(lost.end());
            watchHeads();
        }
        testConnections();
        boolean more = isOver(writeAt);
        while (more) {
            more = write() && !unwritten.isEmpty();
        }
        pause();
    }

    private Duration pollTimeout() {
        return admitted == 0 ? IDLE_POLL : BUSY_POLL;
    }

    private boolean isOver(long nanos) {
        return time.nanos() - nanos >= 0;
    }

    private long after(Duration duration) {
        return time.nanos() + duration.toNanos();
    }

    /// Nothing is admitted that a destination may not get because of what an earlier owner of its partition has
    /// told.
    private boolean knowsHealth() {
        if (catchingUp) {
            try {
                catchingUp = !log.health().catchUp();
            } catch (KafkaException e) {
                LOG.warn("it cannot be read yet how destinations are doing: {}", e.getMessage());
            }
        }
        return !catchingUp;
    }

    // --- admitting -------------------------------------------------------------------------------------------------

    private void admitBacklog(TopicPartition partition, PartitionProgress progress, Instant now) {
        Backlog backlog = backlogs.get(partition);
        if (backlog == null || backlog.isResting(time.nanos())) {
            return;
        }
        for (var record = backlog.first(); record != null && hasRoom(progress); record = backlog.first()) {
            try {
                if (!progress.skip(record.offset()) && !admit(partition, progress, backlog, record, now)) {
                    return;
                }
            } catch (RegistryException e) {
                LOG.warn("{} rests for {}: {}", partition, settings.registryPause(), e.getMessage());
                backlog.restUntil(after(settings.registryPause()));
                return;
            }
            backlog.removeFirst();
        }
    }

    /// False if the record must be offered again.
    private boolean admit(
            TopicPartition partition,
            PartitionProgress progress,
            Backlog backlog,
            ConsumerRecord<String, byte[]> record,
            Instant now) {
        try {
            Work work = backlog.head;
            if (work == null) {
                work = read(partition, progress.epoch(), record);
                backlog.head = work;
            }
            if (!admit(work, progress, now)) {
                return false;
            }
        } catch (PoisonRecordException | InvalidRecordException e) {
            ended.add(new Ended(partition, progress.epoch(), record.offset(), List.of(tasks.poison(record, e))));
            metrics.poison(kind);
            LOG.warn("{} offset {} is no task, but a dead letter: {}", partition, record.offset(), e.getMessage());
        }
        progress.admit(record.offset(), Math.max(0, record.serializedValueSize()), time.nanos());
        return true;
    }

    private boolean admit(Work work, PartitionProgress progress, Instant now) {
        Duration untilDue = untilDue(work.task(), now);
        Instant opening = Attempts.opening(work, now);
        if (opening != null) {
            // It came within the hours and had to wait.
            ended.add(outcomes.postponed(work, opening, now));
            return true;
        }
        if (untilDue.compareTo(heldMax) > 0) {
            ended.add(outcomes.postponed(work, now.plus(untilDue), now));
            return true;
        }
        Room room =
                new Room(settings.admittedMax() - progress.admitted(), settings.admittedBytesMax() - admittedBytes());
        return switch (lanes.offer(work, untilDue, room, time.nanos())) {
            case Admission.Accepted() -> true;
            case Admission.Later() -> false;
            case Admission.Overflow(Duration away) -> {
                Duration longer = away.compareTo(untilDue) > 0 ? away : untilDue;
                ended.add(outcomes.postponed(work, now.plus(longer), now));
                metrics.overflowed(kind);
                yield true;
            }
        };
    }

    /// What lanes do not hold any more waits in the retry topics, uncharged.
    private void sendAway(Instant now) {
        try {
            for (Lanes.Evicted one = lanes.evicted(); one != null; one = lanes.evicted()) {
                ended.add(outcomes.postponed(one.work(), now.plus(one.away()), now));
                lanes.removeEvicted(one);
                metrics.overflowed(kind);
            }
        } catch (RegistryException e) {
            LOG.warn("tasks of a destination that is left alone wait for the schema registry: {}", e.getMessage());
        }
    }

    private static Duration untilDue(Task task, Instant now) {
        Instant due = task.route().dueAt();
        return due == null ? Duration.ZERO : Duration.between(now, due);
    }

    private Work read(TopicPartition partition, int epoch, ConsumerRecord<String, byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            throw new InvalidRecordException("a task has a value");
        }
        Task task = records.task(Bytes.of(value));
        Destination destination = task.destination();
        if (destination == null) {
            throw new InvalidRecordException("a task at a sink carries its destination");
        }
        BatchLimits batch = attempts.batches(destination, task.delivery());
        Health health = log.health().latest(destination.id(), task.health());
        Task current = new Task(task.delivery(), task.route(), destination, health);
        return new Work(current, destination, partition, epoch, record.offset(), record.headers(), batch);
    }

    private boolean hasRoom(PartitionProgress progress) {
        return progress.hasRoom(settings.admittedMax()) && admittedBytes() < settings.admittedBytesMax();
    }

    private long admittedBytes() {
        return partitions.values().stream().mapToLong(PartitionProgress::bytes).sum();
    }

    /// A partition whose records could not all be admitted gives no more of them.
    private void pause() {
        Set<TopicPartition> full = new HashSet<>();
        partitions.forEach((partition, progress) -> {
            Backlog backlog = backlogs.get(partition);
            boolean behind = backlog != null && !backlog.isEmpty();
            if (behind || !hasRoom(progress)) {
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

    private void start(List<Call> calls) {
        try {
            calls.forEach(call -> threads.execute(() -> run(call)));
        } catch (RejectedExecutionException e) {
            // The loop was closed meanwhile: what has not begun comes back from the log.
            LOG.debug("not started, because the loop is closed", e);
        }
    }

    private void testConnections() {
        for (Destination one = lanes.toTest(); one != null; one = lanes.toTest()) {
            Destination destination = one;
            try {
                threads.execute(
                        () -> lanes.tested(destination, attempts.failsTest(destination), time.now(), time.nanos()));
            } catch (RejectedExecutionException e) {
                LOG.debug("not tested, because the loop is closed", e);
            }
        }
    }

    /// On the call's own thread.
    private void run(Call call) {
        Observed observed = null;
        Split split = null;
        Instant begun = time.now();
        call.madeBy(Thread.currentThread());
        try {
            if (!call.isSettled()) {
                call.works().forEach(this::measureLag);
                Attempted attempted = attempts.make(call);
                if (call.settle()) {
                    ended.addAll(attempted.ended());
                    observed = attempted.observed();
                    split = attempted.split();
                    count(call, split);
                }
            }
        } catch (InterruptedException e) {
            // The worker is stopping, and the tasks come back from the log; or the call was written off.
            lose(call, e, begun);
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // Not even a poor outcome could be written from here.
            LOG.error(
                    "{} offset {} has no outcome",
                    call.first().partition(),
                    call.first().offset(),
                    e);
            lose(call, e, begun);
        } finally {
            call.madeBy(null);
            // Only now, so that whoever finds it running no more finds its outcome among what ended.
            start(lanes.ended(call, observed, split, time.nanos()));
        }
    }

    private void lose(Call call, Throwable cause, Instant begun) {
        if (call.settle()) {
            lost.add(call, Attempts.outcomeLost(cause), begun);
        }
    }

    /// An attempt that has run beyond every bound is over as far as its tasks go; what it says later is dropped.
    private void writeOffStuck(Instant now) {
        lanes.running().forEach((call, since) -> {
            Duration age = Duration.ofNanos(time.nanos() - since);
            if (age.compareTo(attempts.longest(call)) > 0 && !attempts.isKnown(call) && call.settle()) {
                writeOff(call, age, now);
            }
        });
    }

    private void writeOff(Call call, Duration age, Instant now) {
        Work first = call.first();
        LOG.warn(
                "attempt written off kind={} destination={} partition={} offset={} running_s={}; its thread has not come"
                        + " back",
                kind.wireName(),
                first.destination().id(),
                first.partition(),
                first.offset(),
                age.toSeconds());
        Fault stuck = Fault.of(ErrorCategory.TIMEOUT, "attempt_stuck", "no answer after " + age.toSeconds() + " s");
        lost.add(call, stuck, now.minus(age));
        start(lanes.writtenOff(call, new Observed(new Outcome.Ambiguous(stuck), age, now), time.nanos()));
        call.interrupt();
        metrics.attemptStuck(kind);
    }

    /// Says once of each task that holds its partition's offset for long: the log behind it is kept as long.
    private void watchHeads() {
        long now = time.nanos();
        Duration oldest = Duration.ZERO;
        for (Map.Entry<TopicPartition, PartitionProgress> one : partitions.entrySet()) {
            PartitionProgress progress = one.getValue();
            Duration age = progress.headAge(now);
            oldest = oldest.compareTo(age) > 0 ? oldest : age;
            if (age.compareTo(HEAD_WARN) > 0) {
                progress.newHead()
                        .ifPresent(offset -> LOG.warn(
                                "offset held partition={} offset={} held_s={} admitted={} done_behind_it={}",
                                one.getKey(),
                                offset,
                                age.toSeconds(),
                                progress.admitted(),
                                progress.doneAhead()));
            }
        }
        oldestAdmitted = oldest;
    }

    private void measureLag(Work work) {
        Instant due = work.task().route().dueAt();
        if (due != null) {
            metrics.lag(kind, Duration.between(due, time.now()));
        }
    }

    private void count(Call call, @Nullable Split split) {
        if (call.isBatch()) {
            metrics.batch(kind, call.works().size());
        }
        if (split != null) {
            metrics.batchSplit(kind);
        }
    }

    // --- writing ---------------------------------------------------------------------------------------------------

    /// Writes one batch.
    ///
    /// @return whether one was written, so that there may be another
    private boolean write() {
        writeAt = after(settings.commitInterval());
        for (Ended one = ended.poll(); one != null; one = ended.poll()) {
            unwritten.add(one);
        }
        collectHealth();
        dropStale();
        if (uncertain && !dropCovered()) {
            return false;
        }
        Batch batch = new Batch(unwritten.subList(0, Math.min(BATCH_MAX, unwritten.size())), healthRecords());
        if (batch.ended().isEmpty() && batch.health().isEmpty()) {
            return false;
        }
        Map<TopicPartition, Collection<Long>> offsets = batch.offsets();
        Map<TopicPartition, OffsetMap> maps = new HashMap<>();
        offsets.forEach(
                (partition, done) -> maps.put(partition, progress(partition).mapWith(done)));
        return switch (log.write(batch.records(), maps)) {
            case TaskLog.Written.Committed() -> {
                unwritten.subList(0, batch.ended().size()).clear();
                if (!batch.health().isEmpty()) {
                    batch.health().forEach(record -> log.health().told(record.key(), record.value()));
                    untold.clear();
                }
                offsets.forEach((partition, done) -> progress(partition).committed(done));
                metrics.written(kind, batch.ended().size());
                writeBackoff = settings.commitInterval();
                yield true;
            }
            case TaskLog.Written.Aborted(Exception cause) -> {
                failed(cause);
                yield false;
            }
            case TaskLog.Written.Unknown(Exception cause) -> {
                uncertain = true;
                failed(cause);
                yield false;
            }
        };
    }

    /// Of each destination only the latest counts.
    private void collectHealth() {
        for (HealthChange change : lanes.healthChanges()) {
            untold.put(change.health().destinationId(), change);
            HealthLog.changed(kind, change);
            if (change.isTrip()) {
                metrics.breakerOpened(kind);
            }
            if (change.isGivenUp()) {
                metrics.destinationDisabled(kind);
            } else if (change.isWarning()) {
                metrics.destinationWarned(kind);
            }
        }
    }

    /// All of it, or nothing while the registry does not let it be encoded: outcomes do not wait for that.
    private List<ProducerRecord<String, byte[]>> healthRecords() {
        try {
            return untold.values().stream()
                    .map(change -> tasks.health(change.health()))
                    .toList();
        } catch (RegistryException e) {
            LOG.warn("how destinations are doing waits for the schema registry to be told: {}", e.getMessage());
            return List.of();
        }
    }

    private void failed(Exception cause) {
        metrics.writeFailed(kind);
        LOG.warn("a transaction of {} outcomes failed; they are written again", unwritten.size(), cause);
        writeBackoff = min(writeBackoff.multipliedBy(2), WRITE_BACKOFF_MAX);
        writeAt = after(writeBackoff);
    }

    /// What belongs to a partition that was lost since is somebody else's: the broker would take it all the same.
    private void dropStale() {
        unwritten.removeIf(one -> isStale(one.partition(), one.epoch()));
        untold.values().removeIf(one -> isStale(one.partition(), one.epoch()));
    }

    private boolean isStale(TopicPartition partition, int epoch) {
        PartitionProgress progress = partitions.get(partition);
        return progress == null || progress.epoch() != epoch;
    }

    /// After a transaction of unknown fate: asks what is committed, and drops what that covers.
    ///
    /// @return whether it is known now
    private boolean dropCovered() {
        Map<TopicPartition, OffsetMap> committed;
        try {
            committed = log.committed(Set.copyOf(partitions.keySet()));
        } catch (RuntimeException e) {
            failed(e);
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
            backlogs.remove(partition);
        });
        log.health().begin();
        catchingUp = true;
        LOG.info("{} takes {}", kind.wireName(), added.keySet());
    }

    /// Lets what runs end, for a bounded time, and writes it; what has not started is the next owner's.
    @Override
    public void revoked(Collection<TopicPartition> gone) {
        Predicate<Work> going = work -> gone.contains(work.partition());
        lanes.drop(going);
        long deadline = after(settings.drainMax());
        boolean more;
        do {
            boolean running = lanes.isRunning(going);
            while (write()) {}
            more = running || !unwritten.isEmpty();
        } while (more && !isOver(deadline) && pauseBriefly());
        lost(gone);
    }

    /// False if the thread is to stop.
    private boolean pauseBriefly() {
        try {
            time.sleep(writeBackoff);
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
            backlogs.remove(partition);
        });
        dropStale();
        if (!gone.isEmpty()) {
            LOG.info("{} gives {}", kind.wireName(), gone);
        }
    }

    /// Drains before it leaves the group: a consumer that leaves while its group is rebalancing says that its
    /// partitions are
    /// lost, and not that they are revoked, though what runs can still be written.
    @Override
    public void close() {
        try {
            revoked(Set.copyOf(partitions.keySet()));
            log.close();
        } finally {
            metrics.stopped(kind, gauges);
            threads.shutdownNow();
            attempts.close();
        }
    }

    private LoopMetrics.Gauges gauges() {
        long now = time.nanos();
        Collection<Long> running = lanes.running().values();
        long oldest = running.stream().mapToLong(since -> now - since).max().orElse(0);
        return new LoopMetrics.Gauges(
                running.size(),
                admitted,
                paused,
                Duration.ofNanos(oldest),
                lanes.shut(now),
                oldestAdmitted,
                lanes.stuck());
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
