package dev.waybill.worker.app;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.topology.RouterMetrics;
import dev.waybill.topology.RouterTracing;
import dev.waybill.topology.codec.Records;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.SinkSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.delivery.AttemptObserver;
import dev.waybill.worker.delivery.DeliveryLoops;
import dev.waybill.worker.delivery.LoopClients;
import dev.waybill.worker.delivery.LoopMetrics;
import dev.waybill.worker.delivery.LoopThread;
import dev.waybill.worker.delivery.SinkLoopSettings;
import dev.waybill.worker.sink.SinkProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A worker: the inventory of the process. Parts are started in the order in which data flows back, and closed in
/// reverse.
public final class WorkerApp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerApp.class);

    /// A loop's thread waits no longer for the schema registry; its partition rests and is tried again.
    private static final Duration LOOP_REGISTRY_WAIT = Duration.ofSeconds(1);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final WorkerConfig config;
    private final InstantSource clock = InstantSource.system();

    private WorkerApp(WorkerConfig config) {
        this.config = config;
    }

    /// Starts every part that the configured roles ask for. What was started is closed again if one cannot be.
    public static WorkerApp start(WorkerConfig config, List<SinkProvider> providers) {
        WorkerApp app = new WorkerApp(config);
        try {
            app.startParts(providers);
        } catch (RuntimeException e) {
            app.close();
            throw e;
        }
        LOG.info("worker {} has started", config.worker().workerId());
        return app;
    }

    private void startParts(List<SinkProvider> providers) {
        DeliveryLoops loops = new DeliveryLoops(
                config.worker().topics(),
                records(LOOP_REGISTRY_WAIT),
                config.worker().retryDelays(),
                config.worker().workerId(),
                clients(config.sinks()),
                clock,
                AttemptObserver.NONE,
                LoopMetrics.NONE);
        if (config.worker().has(Role.SINKS)) {
            for (Kind kind : config.sinks().kinds()) {
                startSinks(loops, kind, providers);
            }
        }
        if (config.worker().has(Role.RETRIES)) {
            own(loops.retries(0).start());
        }
        if (config.worker().has(Role.ROUTER)) {
            own(RouterRole.start(
                    config, records(Duration.ofSeconds(60)), clock, RouterMetrics.NONE, RouterTracing.NONE));
        }
    }

    private void startSinks(DeliveryLoops loops, Kind kind, List<SinkProvider> providers) {
        List<SinkProvider> served =
                providers.stream().filter(provider -> provider.kind() == kind).toList();
        for (int number = 0; number < config.sinks().loops(); number++) {
            LoopThread loop = loops.sink(kind, number, served, loopSettings(config.sinks()));
            own(loop.start());
        }
    }

    private Records records(Duration registryWait) {
        Map<String, Object> registry = new HashMap<>(config.registry().properties());
        registry.put("schema.registry.wait.ms", registryWait.toMillis());
        AvroCodec codec = own(AvroCodec.of(registry));
        return new Records(codec, config.worker().topics(), config.worker().workerId());
    }

    private LoopClients clients(SinkSettings sinks) {
        return new LoopClients(
                config.kafka().consumer(),
                config.kafka().producer(),
                sinks.transactionTimeout(),
                sinks.sessionTimeout(),
                sinks.maxBlock());
    }

    private static SinkLoopSettings loopSettings(SinkSettings sinks) {
        SinkLoopSettings defaults = SinkLoopSettings.DEFAULTS;
        return new SinkLoopSettings(
                sinks.inFlightMax(),
                sinks.admittedMax(),
                defaults.admittedBytesMax(),
                sinks.commitInterval(),
                sinks.drain(),
                defaults.registryPause());
    }

    private <T extends AutoCloseable> T own(T part) {
        parts.push(part);
        return part;
    }

    /// Stops everything, the last started first: no new tasks, what runs is drained.
    @Override
    public void close() {
        List<Exception> failures = new ArrayList<>();
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        failures.forEach(e -> LOG.warn("a part did not stop cleanly", e));
    }
}
