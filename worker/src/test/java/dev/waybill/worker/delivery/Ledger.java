package dev.waybill.worker.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Remembers what was done and objects at once when a promise is broken.
final class Ledger {

    /// One assignment of a partition to one worker.
    private record Holding(Object worker, int partition, OffsetMap committed) {}

    private record Attempted(Object worker, TaskId task) {}

    private final Set<TaskId> tasks = new LinkedHashSet<>();
    private final Map<TaskId, List<String>> outcomes = new HashMap<>();
    private final Map<TopicPartition, OffsetMap> reached = new HashMap<>();
    private final List<Holding> holdings = new ArrayList<>();
    private final Map<Attempted, Integer> attempts = new HashMap<>();
    private final Map<String, Integer> ends = new HashMap<>();
    private @Nullable AssertionError objection;

    void appended(TaskId task) {
        tasks.add(task);
    }

    void assigned(Object worker, TopicPartition partition, OffsetMap committed) {
        holdings.add(new Holding(worker, partition.partition(), committed));
    }

    /// A worker makes an attempt: no more often than the task came to it, and never before it is due.
    ///
    /// @param latest what a wall clock shows that is never set back
    void attempted(Object worker, TaskId task, @Nullable Instant due, Instant latest) {
        check(
                due == null || !due.isAfter(latest),
                () -> "an attempt on %s is made before it is due at %s".formatted(task, due));
        long came = holdings.stream()
                .filter(one -> one.worker().equals(worker)
                        && one.partition() == task.partition()
                        && !one.committed().isDone(task.offset()))
                .count();
        int made = attempts.merge(new Attempted(worker, task), 1, Integer::sum);
        check(
                made <= came,
                () -> "%s is attempted %d times by a worker to which it came %d times".formatted(task, made, came));
    }

    /// An attempt that was told does not count: its batch was refused as a whole.
    void abandoned(Object worker, TaskId task) {
        attempts.merge(new Attempted(worker, task), -1, Integer::sum);
    }

    /// A transaction was committed.
    void committed(Collection<ProducerRecord<String, byte[]>> records, Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<TaskId, List<String>> written = records.stream()
                .collect(Collectors.groupingBy(
                        record -> TaskId.of(record.headers()),
                        Collectors.mapping(ProducerRecord::topic, Collectors.toList())));
        written.forEach((task, topics) -> {
            List<String> before = outcomes.put(task, topics);
            check(before == null, () -> "%s has a second outcome: %s, then %s".formatted(task, before, topics));
            check(
                    Set.copyOf(topics).size() == topics.size(),
                    () -> "%s says a thing twice: %s".formatted(task, topics));
        });
        offsets.forEach(this::reach);
    }

    private void reach(TopicPartition partition, OffsetAndMetadata committed) {
        check(
                committed.metadata().length() <= OffsetMap.ENCODED_MAX,
                () -> "the map of %s is too long".formatted(partition));
        OffsetMap now = OffsetMap.of(committed);
        OffsetMap before = reached.getOrDefault(partition, OffsetMap.upTo(0));
        reached.put(partition, now);
        for (TaskId task : tasks) {
            if (task.partition() == partition.partition()) {
                boolean done = now.isDone(task.offset());
                check(!done || outcomes.containsKey(task), () -> "%s is done without an outcome".formatted(task));
                check(done || !outcomes.containsKey(task), () -> "%s has an outcome and is not done".formatted(task));
                check(done || !before.isDone(task.offset()), () -> "%s is done no more".formatted(task));
            }
        }
    }

    /// A delivery, or one of its routes, has come to its end.
    void ended(String delivery) {
        int count = ends.merge(delivery, 1, Integer::sum);
        check(count == 1, () -> "%s has come to its end %d times".formatted(delivery, count));
    }

    int ends() {
        return ends.size();
    }

    int attempts() {
        return attempts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Tasks without an outcome.
    List<TaskId> missing() {
        return tasks.stream().filter(task -> !outcomes.containsKey(task)).toList();
    }

    /// Objects once more: whoever broke a promise may have caught the first objection.
    void verify() {
        if (objection != null) {
            throw objection;
        }
    }

    private void check(boolean holds, Supplier<String> broken) {
        if (!holds) {
            AssertionError first = new AssertionError(broken.get());
            objection = objection == null ? first : objection;
            throw first;
        }
    }
}
