package dev.waybill.worker.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Remembers what was done with each task, and objects when it is done without an outcome, has two, or is attempted
/// more often than what went wrong excuses.
final class Ledger {

    private final Objections objections;
    private final int admittedMax;
    /// By partition.
    private final Map<Integer, List<TaskId>> tasks = new HashMap<>();
    private final Set<TaskId> missing = new LinkedHashSet<>();
    private final Map<TaskId, List<String>> outcomes = new HashMap<>();
    private final Map<TopicPartition, OffsetMap> reached = new HashMap<>();
    private final List<Tenure> holdings = new ArrayList<>();
    /// The last of each partition.
    private final Map<Integer, Tenure> last = new HashMap<>();
    private final Map<TaskId, Integer> attempts = new HashMap<>();
    private int attempted;
    private int cleanMoves;

    Ledger(Objections objections, int admittedMax) {
        this.objections = objections;
        this.admittedMax = admittedMax;
    }

    void appended(TaskId task) {
        tasks.computeIfAbsent(task.partition(), _ -> new ArrayList<>()).add(task);
        missing.add(task);
    }

    // --- assignments -----------------------------------------------------------------------------------------------

    void assigned(Object worker, TopicPartition partition, OffsetMap committed) {
        Tenure holding = new Tenure(worker, partition.partition(), committed);
        holdings.add(holding);
        last.put(partition.partition(), holding);
    }

    /// How many assignments there have been: tells which one a call belongs to that is made now.
    int holdings() {
        return holdings.size();
    }

    /// The assignment that a task belongs to.
    ///
    /// @param made how many there had been when it was started
    Tenure holding(Object worker, int partition, int made) {
        for (Tenure one : holdings.subList(0, made).reversed()) {
            if (one.worker.equals(worker) && one.partition == partition) {
                return one;
            }
        }
        throw new AssertionError("partition %d never came to this worker".formatted(partition));
    }

    /// What has been attempted under the worker's assignments of these partitions, has ended, and is not written yet.
    Set<TaskId> ended(Object worker, Collection<TopicPartition> partitions) {
        Set<TaskId> ended = new HashSet<>();
        partitions.forEach(one -> ended.addAll(holding(worker, one.partition(), holdings.size()).ended));
        return ended;
    }

    /// A worker has let go of partitions.
    ///
    /// @param ended  what had ended when it was asked to, and was not written
    /// @param inTime whether it was done before it had to be
    /// @param calm   whether nothing went wrong when it wrote
    void revoked(
            Object worker, Collection<TopicPartition> partitions, Set<TaskId> ended, boolean inTime, boolean calm) {
        for (TopicPartition partition : partitions) {
            Tenure holding = holding(worker, partition.partition(), holdings.size());
            objections.check(
                    !inTime || holding.open.isEmpty(),
                    () -> "there was time, and %s are left to be attempted again".formatted(holding.open));
            holding.end = inTime ? Tenure.End.CLEAN : Tenure.End.UNCLEAN;
            cleanMoves += inTime ? 1 : 0;
        }
        for (TaskId task : ended) {
            objections.check(
                    !calm || outcomes.containsKey(task),
                    () -> "%s had ended, and is left to be attempted again".formatted(task));
        }
    }

    void lost(Object worker, Collection<TopicPartition> partitions) {
        partitions.forEach(one -> holding(worker, one.partition(), holdings.size()).end = Tenure.End.UNCLEAN);
    }

    // --- attempts --------------------------------------------------------------------------------------------------

    /// A worker makes an attempt: once for each time that the task came to it, never before it is due, and never when
    /// it is known to be done.
    ///
    /// @param latest what a wall clock shows that is never set back
    void attempted(Tenure holding, TaskId task, @Nullable Instant due, Instant latest) {
        objections.check(
                due == null || !due.isAfter(latest),
                () -> "an attempt on %s is made before it is due at %s".formatted(task, due));
        objections.check(!holding.committed.isDone(task.offset()), () -> "%s was done before it came".formatted(task));
        objections.check(
                holding.end != Tenure.End.CLEAN,
                () -> "%s is attempted by a worker that has let go of it".formatted(task));
        boolean current = holding.end == Tenure.End.NONE && holding.equals(last.get(holding.partition));
        objections.check(
                !current || !outcomes.containsKey(task),
                () -> "%s is attempted although it has an outcome: %s".formatted(task, outcomes.get(task)));
        objections.check(holding.open.add(task), () -> "%s is attempted twice by one worker".formatted(task));
        objections.check(
                holding.open.size() <= admittedMax,
                () -> "a crash would repeat %d tasks of a partition".formatted(holding.open.size()));
        attempts.merge(task, 1, Integer::sum);
        attempted++;
    }

    /// An attempt that was told does not count: its batch was refused as a whole.
    void abandoned(Tenure holding, TaskId task) {
        holding.done(task);
        attempts.merge(task, -1, Integer::sum);
        attempted--;
    }

    /// What became of an attempt is where the loop finds it.
    void attemptEnded(Tenure holding, TaskId task) {
        if (holding.open.contains(task)) {
            holding.ended.add(task);
        }
    }

    int attempts() {
        return attempted;
    }

    /// Attempts beyond the first of a task.
    int repeated() {
        return attempts.values().stream()
                .mapToInt(made -> Math.max(0, made - 1))
                .sum();
    }

    /// How often a partition moved and nothing was left to be done again.
    int cleanMoves() {
        return cleanMoves;
    }

    // --- commits ---------------------------------------------------------------------------------------------------

    /// A transaction was committed.
    void committed(Collection<ProducerRecord<String, byte[]>> records, Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<TaskId, List<String>> written = records.stream()
                .collect(Collectors.groupingBy(
                        record -> TaskId.of(record.headers()),
                        Collectors.mapping(ProducerRecord::topic, Collectors.toList())));
        written.forEach((task, topics) -> {
            List<String> before = outcomes.put(task, topics);
            missing.remove(task);
            objections.check(
                    before == null, () -> "%s has a second outcome: %s, then %s".formatted(task, before, topics));
            objections.check(
                    Set.copyOf(topics).size() == topics.size(),
                    () -> "%s says a thing twice: %s".formatted(task, topics));
        });
        holdings.forEach(holding -> written.keySet().forEach(holding::done));
        offsets.forEach(this::reach);
    }

    private void reach(TopicPartition partition, OffsetAndMetadata committed) {
        objections.check(
                committed.metadata().length() <= OffsetMap.ENCODED_MAX,
                () -> "the map of %s is too long".formatted(partition));
        OffsetMap now = OffsetMap.of(committed);
        OffsetMap before = reached.getOrDefault(partition, OffsetMap.upTo(0));
        reached.put(partition, now);
        for (TaskId task : tasks.getOrDefault(partition.partition(), List.of())) {
            boolean done = now.isDone(task.offset());
            objections.check(!done || !missing.contains(task), () -> "%s is done without an outcome".formatted(task));
            objections.check(done || missing.contains(task), () -> "%s has an outcome and is not done".formatted(task));
            objections.check(done || !before.isDone(task.offset()), () -> "%s is done no more".formatted(task));
        }
    }

    /// Tasks without an outcome.
    Set<TaskId> missing() {
        return missing;
    }
}
