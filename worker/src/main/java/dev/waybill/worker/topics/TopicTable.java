package dev.waybill.worker.topics;

import static dev.waybill.worker.config.Role.API;
import static dev.waybill.worker.config.Role.PROJECTOR;
import static dev.waybill.worker.config.Role.RETRIES;
import static dev.waybill.worker.config.Role.ROUTER;
import static dev.waybill.worker.config.Role.SINKS;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RecordSizes;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.RouterSettings;
import dev.waybill.worker.config.TopicSettings;
import dev.waybill.worker.config.WorkerSettings;
import dev.waybill.worker.topics.TopicSpec.Partitions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;

/// The topics of an installation, in the order in which data flows.
public final class TopicTable {

    /// A request with a larger payload may not fit the broker's default of 1 MiB, its other fields included.
    private static final int PAYLOAD_OF_ORDINARY_RECORD = 768 * 1024;

    private static final Duration REQUESTS_KEPT = Duration.ofDays(7);
    private static final Duration FACTS_KEPT = Duration.ofDays(30);

    private final TopicSettings settings;
    private final int partitions;
    private final List<TopicSpec> specs = new ArrayList<>();

    private TopicTable(TopicSettings settings) {
        this.settings = settings;
        this.partitions = settings.partitions();
    }

    public static List<TopicSpec> of(WorkerSettings worker, RouterSettings router, TopicSettings settings) {
        Topics topics = worker.topics();
        TopicTable table = new TopicTable(settings);
        Map<String, String> requests = kept(REQUESTS_KEPT);
        if (router.inlinePayloadMax() > PAYLOAD_OF_ORDINARY_RECORD) {
            requests.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(RecordSizes.RECORD_MAX));
        }
        worker.requestTopics()
                .forEach(name -> table.add(name, Partitions.AS_RETURNS, requests, Set.of(ROUTER), Set.of(ROUTER, API)));
        for (String name : List.of(topics.destinations(), topics.rules(), topics.templates())) {
            table.add(name, Partitions.ONE, compacted(), Set.of(ROUTER, PROJECTOR, API), Set.of(API));
        }
        for (Kind kind : Kind.values()) {
            table.add(topics.tasks(kind), Partitions.ANY, consumed(), Set.of(SINKS), Set.of(ROUTER));
        }
        for (RetryDelay delay : worker.retryDelays()) {
            table.add(topics.retries(delay), Partitions.ANY, consumed(), Set.of(RETRIES), Set.of(ROUTER, SINKS));
        }
        table.add(topics.returns(), Partitions.AS_RETURNS, consumed(), Set.of(ROUTER), Set.of(SINKS, RETRIES, API));
        table.add(topics.attempts(), Partitions.ANY, kept(FACTS_KEPT), Set.of(PROJECTOR), Set.of(ROUTER, SINKS));
        table.add(topics.results(), Partitions.ANY, kept(FACTS_KEPT), Set.of(API), Set.of(ROUTER, SINKS));
        Map<String, String> letters = kept(FACTS_KEPT);
        letters.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(RecordSizes.RECORD_MAX));
        table.add(topics.deadLetters(), Partitions.ANY, letters, Set.of(), Set.of(ROUTER, SINKS, RETRIES, PROJECTOR));
        table.add(topics.destinationHealth(), Partitions.ONE, compacted(), Set.of(ROUTER, API), Set.of(SINKS));
        table.add(topics.destinationTests(), Partitions.ONE, compacted(), Set.of(ROUTER, API), Set.of(API));
        table.add(topics.control(), Partitions.ONE, compacted(), Set.of(SINKS), Set.of(API));
        return List.copyOf(table.specs);
    }

    private void add(String name, Partitions rule, Map<String, String> config, Set<Role> readers, Set<Role> writers) {
        Map<String, String> all = new HashMap<>(config);
        all.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, String.valueOf(settings.minInsyncReplicas()));
        int count = rule == Partitions.ONE ? 1 : partitions;
        specs.add(new TopicSpec(name, count, rule, settings.replicationFactor(), all, readers, writers));
    }

    private static Map<String, String> compacted() {
        return Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    }

    private static Map<String, String> kept(Duration time) {
        Map<String, String> config = new HashMap<>();
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        config.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(time.toMillis()));
        return config;
    }

    /// Kept until its consumer deletes what it has done: nothing that waits may expire by age.
    private static Map<String, String> consumed() {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                "-1",
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(RecordSizes.RECORD_MAX));
    }
}
