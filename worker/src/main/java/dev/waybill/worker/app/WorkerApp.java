package dev.waybill.worker.app;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.SinkSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.delivery.DeliveryLoops;
import dev.waybill.worker.delivery.LoopClients;
import dev.waybill.worker.delivery.LoopThread;
import dev.waybill.worker.delivery.SinkLoopSettings;
import dev.waybill.worker.ops.Api;
import dev.waybill.worker.ops.DeliveryLookup;
import dev.waybill.worker.ops.Health;
import dev.waybill.worker.ops.Metrics;
import dev.waybill.worker.ops.RestServer;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.telemetry.LoopCounters;
import dev.waybill.worker.telemetry.RouterCounters;
import dev.waybill.worker.telemetry.Telemetry;
import io.javalin.config.RoutesConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A worker: the inventory of the process. Parts are started in the order in which data flows back, and closed in
/// reverse.
public final class WorkerApp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerApp.class);

    /// A loop's thread waits no longer for the schema registry; its partition rests and is tried again.
    private static final Duration LOOP_REGISTRY_WAIT = Duration.ofSeconds(1);

    /// The router waits that long, then its thread is replaced.
    private static final Duration ROUTER_REGISTRY_WAIT = Duration.ofSeconds(60);

    /// Somebody waits for the answer.
    private static final Duration API_REGISTRY_WAIT = Duration.ofSeconds(5);

    /// A loop comes round many times a second; its longest wait for a broker is 10 s.
    private static final Duration HANGS = Duration.ofMinutes(2);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<Health.Check> liveness = new ArrayList<>();
    private final List<Health.Check> readiness = new ArrayList<>();
    private final InstantSource clock = InstantSource.system();
    private final Telemetry telemetry;
    private final WorkerConfig config;
    private final RestServer server;

    /// Starts every part that the configured roles ask for. What was started is closed again if one cannot be.
    private WorkerApp(WorkerConfig given, List<SinkProvider> providers, Secrets secrets) {
        try {
            this.telemetry = own(new Telemetry(given.telemetry(), given.worker().workerId(), Version.current()));
            this.config = given.with(given.kafka().with(telemetry.kafkaSettings()));
            startLoops(providers);
            startRouter();
            startProjector();
            this.server = own(new RestServer(config.api(), paths(providers, secrets)));
            server.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        LOG.info("worker {} has started; REST at {}", config.worker().workerId(), server.url());
    }

    /// Starts a worker; it is closed by [#close].
    ///
    /// @param providers of all sinks; closed by the caller, after the worker
    public static WorkerApp start(WorkerConfig config, List<SinkProvider> providers, Secrets secrets) {
        return new WorkerApp(config, providers, secrets);
    }

    /// Where REST, health and metrics are.
    public String url() {
        return server.url();
    }

    /// Whether every role is ready for work; what is not says why.
    public List<String> notReady() {
        return readiness.stream()
                .flatMap(check -> check.complaint().get().map(why -> check.name() + ": " + why).stream())
                .toList();
    }

    private void startLoops(List<SinkProvider> providers) {
        DeliveryLoops loops = new DeliveryLoops(
                config.worker().topics(),
                records(LOOP_REGISTRY_WAIT),
                config.worker().retryDelays(),
                config.worker().workerId(),
                clients(config.sinks()),
                clock,
                telemetry.attempts(),
                new LoopCounters(telemetry.meter()));
        if (config.worker().has(Role.SINKS)) {
            for (Kind kind : config.sinks().kinds()) {
                startSinks(loops, kind, providers);
            }
        }
        if (config.worker().has(Role.RETRIES)) {
            watch(own(loops.retries(0).start()));
        }
    }

    private void startRouter() {
        if (config.worker().has(Role.ROUTER)) {
            RouterRole router = own(RouterRole.start(
                    config,
                    records(ROUTER_REGISTRY_WAIT),
                    clock,
                    new RouterCounters(telemetry.meter()),
                    telemetry.router()));
            liveness.add(new Health.Check("router", () -> unless(router.isAlive(), "has stopped")));
            readiness.add(new Health.Check("router", () -> unless(router.isReady(), "is not routing yet")));
        }
    }

    private void startProjector() {
        // The projector joins here.
    }

    private List<Consumer<RoutesConfig>> paths(List<SinkProvider> providers, Secrets secrets) {
        List<Consumer<RoutesConfig>> paths = new ArrayList<>();
        if (config.worker().has(Role.API)) {
            DeliveryLookup lookup = (_, _) -> Optional.empty();
            Api api = own(new Api(config, codec(API_REGISTRY_WAIT), providers, secrets, lookup, clock));
            api.start();
            readiness.add(new Health.Check("api", () -> unless(api.isReady(), "is reading the configuration")));
            paths.add(api.routes());
        }
        if (telemetry.isScraped()) {
            paths.add(new Metrics(telemetry::scrape)::register);
        }
        paths.add(new Health(liveness, readiness)::register);
        return paths;
    }

    private void watch(LoopThread loop) {
        liveness.add(new Health.Check(
                loop.name(),
                () -> unless(
                        loop.sinceLastStep().compareTo(HANGS) < 0,
                        "has not come round for " + loop.sinceLastStep().toSeconds() + " s")));
    }

    private static Optional<String> unless(boolean good, String complaint) {
        return good ? Optional.empty() : Optional.of(complaint);
    }

    private void startSinks(DeliveryLoops loops, Kind kind, List<SinkProvider> providers) {
        List<SinkProvider> served =
                providers.stream().filter(provider -> provider.kind() == kind).toList();
        for (int number = 0; number < config.sinks().loops(); number++) {
            LoopThread loop = loops.sink(kind, number, served, loopSettings(config.sinks()));
            watch(own(loop.start()));
        }
    }

    private Records records(Duration registryWait) {
        return new Records(
                codec(registryWait), config.worker().topics(), config.worker().workerId());
    }

    private AvroCodec codec(Duration registryWait) {
        Map<String, Object> registry = new HashMap<>(config.registry().properties());
        registry.put(SerdeSettings.REGISTRY_WAIT_MS, registryWait.toMillis());
        return own(AvroCodec.of(registry));
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
                sinks.admittedBytesMax(),
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
