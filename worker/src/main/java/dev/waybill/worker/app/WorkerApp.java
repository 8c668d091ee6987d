package dev.waybill.worker.app;

import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.routing.Installation;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.ops.Api;
import dev.waybill.worker.ops.DeliveryLookup;
import dev.waybill.worker.ops.Health;
import dev.waybill.worker.ops.Metrics;
import dev.waybill.worker.ops.RestServer;
import dev.waybill.worker.ops.RouterProgress;
import dev.waybill.worker.ops.UnavailableException;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.projector.history.DeliveryHistory;
import dev.waybill.worker.projector.store.Database;
import dev.waybill.worker.projector.store.DatabaseException;
import dev.waybill.worker.projector.store.DatabaseSettings;
import dev.waybill.worker.telemetry.ConfigurationGauges;
import dev.waybill.worker.telemetry.PoolGauges;
import dev.waybill.worker.telemetry.RouterCounters;
import dev.waybill.worker.telemetry.Telemetry;
import dev.waybill.worker.topics.RecordTrimmer;
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
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
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

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<Health.Check> liveness = new ArrayList<>();
    private final List<Health.Check> readiness = new ArrayList<>();
    private final InstantSource clock;
    private final Telemetry telemetry;
    private final WorkerConfig config;
    private final RestServer server;
    private @Nullable Database database;
    private RouterProgress routerProgress = RouterProgress.NO_ROUTER;

    /// Starts every part that the configured roles ask for. What was started is closed again if one cannot be.
    private WorkerApp(WorkerConfig given, Sinks sinks, InstantSource clock) {
        this.clock = clock;
        try {
            this.telemetry = own(new Telemetry(given.telemetry(), given.worker().workerId(), Version.current()));
            this.config = given.with(given.kafka().with(telemetry.kafkaSettings()));
            startProjector();
            startLoops(sinks);
            startRouter(sinks);
            startTrimmer();
            tellOfPools(sinks);
            this.server = own(new RestServer(config.api(), paths(sinks)));
            server.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        LOG.info("worker {} has started; REST at {}", config.worker().workerId(), server.url());
    }

    /// Starts a worker; it is closed by [#close].
    ///
    /// @param sinks closed by the caller, after the worker
    public static WorkerApp start(WorkerConfig config, Sinks sinks) {
        return start(config, sinks, InstantSource.system());
    }

    /// Starts a worker that goes by another wall clock.
    public static WorkerApp start(WorkerConfig config, Sinks sinks, InstantSource clock) {
        return new WorkerApp(config, sinks, clock);
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

    private void startLoops(Sinks sinks) {
        LoopsRole loops = own(LoopsRole.start(config, records(LOOP_REGISTRY_WAIT), sinks, telemetry, clock));
        liveness.addAll(loops.liveness());
    }

    private void startRouter(Sinks sinks) {
        if (config.worker().has(Role.ROUTER)) {
            RouterRole router = own(RouterRole.start(
                    config,
                    installation(sinks),
                    records(ROUTER_REGISTRY_WAIT),
                    clock,
                    new RouterCounters(telemetry.meter()),
                    telemetry.router()));
            routerProgress = router::hasApplied;
            ConfigurationGauges.applied(telemetry.meter(), configurationTopics(), router::applied);
            liveness.add(new Health.Check("router", () -> unless(router.isAlive(), "has stopped")));
            readiness.add(new Health.Check("router", () -> unless(router.isReady(), "is not routing yet")));
        }
    }

    private List<String> configurationTopics() {
        Topics topics = config.worker().topics();
        return List.of(topics.destinations(), topics.rules());
    }

    private Installation installation(Sinks sinks) {
        return new Installation(
                sinks::isEncrypted,
                Math.toIntExact(config.projector().retention().toDays()));
    }

    private void startProjector() {
        if (config.worker().has(Role.PROJECTOR)) {
            ProjectorRole projector =
                    own(ProjectorRole.start(config, database(), codec(LOOP_REGISTRY_WAIT), telemetry, clock));
            liveness.add(projector.liveness());
        }
    }

    /// One pool for everything that reads or writes rows.
    private Database database() {
        if (database == null) {
            var postgres = config.postgres();
            database = own(new Database(DatabaseSettings.of(
                    postgres.url(), postgres.user(), postgres.password().value(), postgres.poolMax())));
        }
        return database;
    }

    private void tellOfPools(Sinks sinks) {
        Map<String, Supplier<PoolUse>> pools = new HashMap<>(sinks.connections());
        if (config.worker().has(Role.PROJECTOR) || config.worker().has(Role.API)) {
            pools.put("postgres", database()::use);
        }
        PoolGauges.register(telemetry.meter(), Map.copyOf(pools));
    }

    private DeliveryLookup history() {
        DeliveryHistory history = new DeliveryHistory(database());
        return (organization, deliveryId) -> {
            try {
                return history.find(organization, deliveryId);
            } catch (DatabaseException e) {
                throw new UnavailableException("the database cannot be asked: " + e.getMessage(), e);
            }
        };
    }

    /// Whoever routes also tidies up: the topics without a time limit are read by one group each.
    private void startTrimmer() {
        if (config.worker().has(Role.ROUTER)) {
            Admin admin = own(Admin.create(config.kafka().admin()));
            RecordTrimmer trimmer = new RecordTrimmer(admin, Trimming.consumed(config.worker()));
            own(new Periodic("trimmer", RecordTrimmer.INTERVAL, trimmer::trim));
        }
    }

    private List<Consumer<RoutesConfig>> paths(Sinks sinks) {
        List<Consumer<RoutesConfig>> paths = new ArrayList<>();
        if (config.worker().has(Role.API)) {
            Api api = own(new Api(
                    config,
                    codec(API_REGISTRY_WAIT),
                    sinks.providers(),
                    sinks.secrets(),
                    installation(sinks),
                    history(),
                    routerProgress,
                    clock));
            api.start();
            own(new Periodic("test-schedule", Api.TESTS_LOOKED_AT_EVERY, api::testOnSchedule));
            ConfigurationGauges.produced(telemetry.meter(), configurationTopics(), api::configurationRead);
            readiness.add(new Health.Check("api", () -> unless(api.isReady(), "is reading the configuration")));
            paths.add(api.routes());
        }
        if (telemetry.isScraped()) {
            paths.add(new Metrics(telemetry::scrape)::register);
        }
        paths.add(new Health(liveness, readiness)::register);
        return paths;
    }

    private static Optional<String> unless(boolean good, String complaint) {
        return good ? Optional.empty() : Optional.of(complaint);
    }

    private Records records(Duration registryWait) {
        AvroCodec codec = codec(registryWait);
        new Subjects(config.worker()).register(codec);
        return new Records(codec, config.worker().topics(), config.worker().workerId());
    }

    private AvroCodec codec(Duration registryWait) {
        Map<String, Object> registry = new HashMap<>(config.registry().properties());
        registry.put(SerdeSettings.REGISTRY_WAIT_MS, registryWait.toMillis());
        return own(AvroCodec.of(registry));
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
