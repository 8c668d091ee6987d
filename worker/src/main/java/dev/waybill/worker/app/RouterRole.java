package dev.waybill.worker.app;

import dev.waybill.topology.RouterMetrics;
import dev.waybill.topology.RouterSettings;
import dev.waybill.topology.RouterStreams;
import dev.waybill.topology.RouterTopology;
import dev.waybill.topology.RouterTracing;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.routing.Installation;
import dev.waybill.topology.routing.Limits;
import dev.waybill.worker.config.WorkerConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.StateListener;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the router in this process.
final class RouterRole implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouterRole.class);

    /// One commit and leaving the group.
    private static final Duration STOP_MAX = Duration.ofSeconds(15);

    private static final Duration DESCRIBE_MAX = Duration.ofSeconds(15);

    private final KafkaStreams streams;
    private final RouterTopology topology;

    private RouterRole(KafkaStreams streams, RouterTopology topology) {
        this.streams = streams;
        this.topology = topology;
    }

    /// Starts it; it routes once its configuration is read, see [#isReady].
    static RouterRole start(
            WorkerConfig config,
            Installation installation,
            Records records,
            InstantSource clock,
            RouterMetrics metrics,
            RouterTracing tracing) {
        RouterSettings settings = settings(config, installation);
        RouterTopology topology = new RouterTopology(settings, records, clock, metrics, tracing);
        KafkaStreams streams = new KafkaStreams(topology.build(), properties(config, settings.partitions()));
        streams.setUncaughtExceptionHandler(e -> {
            // The registry or a broker was away for long, or a fault of ours: the records are read again.
            LOG.error("a thread of the router failed and is replaced", e);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        StateListener states = (now, before) -> LOG.info("router: {} after {}", now, before);
        streams.setStateListener(states);
        streams.start();
        return new RouterRole(streams, topology);
    }

    private static RouterSettings settings(WorkerConfig config, Installation installation) {
        var worker = config.worker();
        var router = config.router();
        return new RouterSettings(
                worker.topics(),
                worker.requestTopics(),
                partitions(config),
                worker.retryDelays(),
                router.deduplication(),
                router.resolutionGrace(),
                new Limits(router.inlinePayloadMax(), Sinks.references(config)::allows),
                installation);
    }

    /// The partitions of `returns`, and so of every topic with requests.
    private static int partitions(WorkerConfig config) {
        String returns = config.worker().topics().returns();
        try (Admin admin = Admin.create(config.kafka().admin())) {
            Map<String, TopicDescription> found = admin.describeTopics(List.of(returns))
                    .allTopicNames()
                    .get(DESCRIBE_MAX.toSeconds(), TimeUnit.SECONDS);
            return found.values().iterator().next().partitions().size();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the topic " + returns + " cannot be described", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Properties properties(WorkerConfig config, int partitions) {
        Properties properties = RouterStreams.properties(
                RouterStreams.applicationId(config.worker().topics().prefix()),
                config.kafka().bootstrap(),
                config.worker().stateDir().toString(),
                config.router().threads(),
                config.router().standbyReplicas());
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                config.router().commitInterval().toMillis());
        // Every request topic, and the returns.
        int read = partitions * (config.worker().requestTopics().size() + 1);
        properties.put(
                StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG,
                RouterStreams.bufferedRecords(
                        Runtime.getRuntime().maxMemory(), read, config.router().inlinePayloadMax()));
        properties.putAll(config.kafka().streams());
        return properties;
    }

    boolean isReady() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    boolean isAlive() {
        return streams.state().isRunningOrRebalancing();
    }

    /// How far a configuration topic has been applied: the offset of the next record.
    Optional<Long> applied(String topic) {
        return topology.applied(topic);
    }

    /// Whether the record at the offset of a configuration topic holds for what is routed from now on.
    boolean hasApplied(String topic, long offset) {
        return topology.applied(topic).map(next -> next > offset).orElse(true);
    }

    @Override
    public void close() {
        CloseOptions options =
                CloseOptions.timeout(STOP_MAX).withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP);
        if (!streams.close(options)) {
            LOG.warn("the router did not stop within {} s", STOP_MAX.toSeconds());
        }
    }
}
