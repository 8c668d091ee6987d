package dev.waybill.topology;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RecordSizes;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.routing.ConfigurationView;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Draws the router.
///
/// ```
///   requests ─► route-requests ─┬─► tasks.<kind>, retries.<delay>
///                 │   │         ├─► attempts, results, dead-letters
///            seen-requests,     └─► requests (under the right key)
///            open-deliveries
///                 │   │
///   returns ──► route-returns ──┴─► the same but the last
///
///   destinations, rules, destination-health, destination-tests ─► the configuration, before anything is routed and on
///   every thread the same
/// ```
///
/// One instance serves one start of Kafka Streams, because the configuration it fills starts empty.
public final class RouterTopology {

    public static final String SEEN_REQUESTS = "seen-requests";
    public static final String OPEN_DELIVERIES = "open-deliveries";
    public static final String DESTINATIONS = "destinations";
    public static final String RULES = "rules";
    public static final String HEALTH = "destination-health";
    public static final String TESTS = "destination-tests";

    static final String REQUESTS_SOURCE = "requests";
    static final String RETURNS_SOURCE = "returns";
    static final String ROUTE_REQUESTS = "route-requests";
    static final String ROUTE_RETURNS = "route-returns";

    /// The changelog's own clock counts for its retention, not that of the record being processed.
    private static final Map<String, String> CHANGELOG =
            Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");

    /// Fates and trails of a hundred routes with the metadata of the request; the bound of tasks and dead letters.
    private static final String OPEN_DELIVERY_MAX_BYTES = Integer.toString(RecordSizes.RECORD_MAX);

    private final RouterSettings settings;
    private final Records records;
    private final InstantSource clock;
    private final RouterMetrics metrics;
    private final RouterTracing tracing;
    private final ConfigurationView configuration;
    private final Map<String, Long> applied = new ConcurrentHashMap<>();

    public RouterTopology(
            RouterSettings settings,
            Records records,
            InstantSource clock,
            RouterMetrics metrics,
            RouterTracing tracing) {
        this.settings = settings;
        this.configuration = new ConfigurationView(settings.installation());
        this.records = records;
        this.clock = clock;
        this.metrics = metrics;
        this.tracing = tracing;
    }

    /// What the router knows; filled once Streams is running.
    public ConfigurationView configuration() {
        return configuration;
    }

    /// The offset up to which a configuration topic has been applied here, that of the next record; none for a topic
    /// that is not read.
    public Optional<Long> applied(String topic) {
        return Optional.ofNullable(applied.get(topic));
    }

    public Topology build() {
        Topology topology = new Topology();
        // First, so that a further configuration topic does not change the number its state directories bear.
        addRouting(topology);
        addSinks(topology);
        addConfiguration(topology);
        return topology;
    }

    private void addConfiguration(Topology topology) {
        Topics topics = settings.topics();
        addGlobal(
                topology,
                topics.destinations(),
                new ConfigurationStore.Builder(
                        DESTINATIONS,
                        (key, value) -> configuration.put(key, records.destination(value)),
                        configuration::removeDestination));
        addGlobal(
                topology,
                topics.rules(),
                new ConfigurationStore.Builder(
                        RULES, (key, value) -> configuration.put(key, records.rule(value)), configuration::removeRule));
        addGlobal(
                topology,
                topics.destinationHealth(),
                new ConfigurationStore.Builder(
                        HEALTH,
                        (key, value) -> configuration.put(key, records.health(value)),
                        configuration::removeHealth));
        addGlobal(
                topology,
                topics.destinationTests(),
                new ConfigurationStore.Builder(
                        TESTS,
                        (key, value) -> configuration.putTest(key, records.test(value)),
                        configuration::removeTest));
    }

    private void addGlobal(Topology topology, String topic, ConfigurationStore.Builder store) {
        applied.put(topic, 0L);
        topology.addGlobalStore(
                store,
                store.name() + "-source",
                timestamps(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topic,
                "apply-" + store.name(),
                () -> new ConfigurationProcessor(store.name(), next -> applied.put(topic, next), metrics));
    }

    private void addRouting(Topology topology) {
        var parts = new RouterParts(settings, records, configuration, clock, metrics, tracing);
        addSource(topology, REQUESTS_SOURCE, settings.requestTopics().toArray(String[]::new));
        addSource(topology, RETURNS_SOURCE, settings.topics().returns());
        topology.addProcessor(ROUTE_REQUESTS, () -> new RequestProcessor(parts), REQUESTS_SOURCE);
        topology.addProcessor(ROUTE_RETURNS, () -> new ReturnProcessor(parts), RETURNS_SOURCE);
        topology.addStateStore(seenRequests(), ROUTE_REQUESTS, ROUTE_RETURNS);
        topology.addStateStore(openDeliveries(), ROUTE_REQUESTS, ROUTE_RETURNS);
    }

    private void addSource(Topology topology, String name, String... topics) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                name,
                timestamps(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topics);
    }

    private StoreBuilder<?> seenRequests() {
        Duration slot = SeenRequests.slot(settings.deduplicationTime());
        return Stores.windowStoreBuilder(
                        Stores.persistentWindowStore(
                                SEEN_REQUESTS, slot.multipliedBy(SeenRequests.SLOTS_KEPT), slot, false),
                        Serdes.ByteArray(),
                        Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(CHANGELOG);
    }

    private static StoreBuilder<?> openDeliveries() {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(OPEN_DELIVERIES), Serdes.ByteArray(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of(
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "LogAppendTime",
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        OPEN_DELIVERY_MAX_BYTES));
    }

    private void addSinks(Topology topology) {
        Topics topics = settings.topics();
        for (Kind kind : Kind.values()) {
            addSink(topology, Outbox.tasksSink(kind), topics.tasks(kind), ROUTE_REQUESTS, ROUTE_RETURNS);
        }
        for (RetryDelay delay : settings.retryDelays()) {
            addSink(topology, Outbox.retriesSink(delay), topics.retries(delay), ROUTE_REQUESTS, ROUTE_RETURNS);
        }
        addSink(topology, Outbox.ATTEMPTS, topics.attempts(), ROUTE_REQUESTS, ROUTE_RETURNS);
        addSink(topology, Outbox.RESULTS, topics.results(), ROUTE_REQUESTS, ROUTE_RETURNS);
        addSink(topology, Outbox.DEAD_LETTERS, topics.deadLetters(), ROUTE_REQUESTS, ROUTE_RETURNS);
        for (String topic : settings.requestTopics()) {
            addSink(topology, Outbox.rekeyedSink(topic), topic, ROUTE_REQUESTS);
        }
    }

    private static void addSink(Topology topology, String name, String topic, String... parents) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), parents);
    }

    /// A record's time as far as it can be true: Streams takes the oldest record of a task's topics next, so that one
    /// stamped far ahead would wait for ever, and a negative one would end the thread.
    TimestampExtractor timestamps() {
        return (record, _) -> Math.clamp(record.timestamp(), 0, clock.millis());
    }
}
