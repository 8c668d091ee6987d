package dev.waybill.bench.load;

import dev.waybill.bench.bed.Installation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Requests that the router has not taken yet.
public record RouterLag(Installation installation) {

    private static final Duration WAIT_MAX = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = 20_000_000;

    /// Waits until all requests written before are routed.
    public void awaitNone() {
        var _ = measureUntilNone();
    }

    /// Waits until all requests written before are routed, and tells how fast that was.
    ///
    /// @return requests per second from now until none was left; NaN if none was
    public double measureUntilNone() {
        return asking(admin -> {
            Map<TopicPartition, Long> ends = ends(admin);
            long left = left(admin, ends);
            long start = System.nanoTime();
            while (left(admin, ends) > 0) {
                if (System.nanoTime() - start > WAIT_MAX.toNanos()) {
                    throw new IllegalStateException("the router is still behind after " + WAIT_MAX);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return left == 0 ? Double.NaN : left / ((System.nanoTime() - start) / 1e9);
        });
    }

    /// Of the requests.
    public int partitions() {
        return asking(this::partitions);
    }

    private interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    private <T> T asking(Question<T> question) {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", installation.bed().bootstrapServers()))) {
            return question.ask(admin);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private long left(Admin admin, Map<TopicPartition, Long> ends) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> committed = committed(admin);
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - committed.getOrDefault(end.getKey(), 0L)))
                .sum();
    }

    private Map<TopicPartition, Long> committed(Admin admin) throws ExecutionException, InterruptedException {
        String group = installation.topics().prefix() + "router";
        Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        return offsets.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    private int partitions(Admin admin) throws ExecutionException, InterruptedException {
        String topic = installation.topics().requests();
        TopicDescription description = admin.describeTopics(List.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get();
        return description.partitions().size();
    }

    private Map<TopicPartition, Long> ends(Admin admin) throws ExecutionException, InterruptedException {
        String topic = installation.topics().requests();
        int partitions = partitions(admin);
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(i -> new TopicPartition(topic, i), _ -> OffsetSpec.latest()));
        return admin.listOffsets(latest).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }
}
