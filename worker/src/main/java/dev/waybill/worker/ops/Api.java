package dev.waybill.worker.ops;

import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.policy.RetryPlan;
import dev.waybill.topology.routing.Explainer;
import dev.waybill.topology.routing.Installation;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.SinkProvider;
import io.javalin.config.RoutesConfig;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// The REST interface under `/v1`: its view of the configuration, its producer, and its routes.
public final class Api implements AutoCloseable {

    /// Longer than the phases of a policy take by default, shorter than a caller waits.
    private static final Duration CONNECTION_TEST_MAX = Duration.ofSeconds(55);

    /// How often is looked for connection tests that it is time for.
    public static final Duration TESTS_LOOKED_AT_EVERY = TestSchedule.LOOK_EVERY;

    private final ConfigurationView view;
    private final ConfigurationTail tail;
    private final RecordWriter writer;
    private final Consumer<RoutesConfig> routes;
    private final TestSchedule schedule;
    private final ExecutorService testThreads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("waybill-scheduled-test-", 0).factory());

    /// Opens the clients; [#start] begins to read.
    public Api(
            WorkerConfig config,
            AvroCodec codec,
            Collection<SinkProvider> sinkProviders,
            Secrets secrets,
            Installation installation,
            DeliveryLookup lookup,
            RouterProgress router,
            InstantSource clock) {
        Topics topics = config.worker().topics();
        this.view = new ConfigurationView();
        this.tail = new ConfigurationTail(topics, codec, view, config.kafka().consumer());
        this.writer =
                new RecordWriter(codec, config.kafka().producer(), config.api().applyTimeout());
        Providers providers = Providers.of(sinkProviders);
        var store = new ConfigurationStore(
                topics, view, router, writer, installation, clock, config.api().applyTimeout());
        var json = new DestinationJson(providers, new SettingsCheck(secrets));
        var tests = new ConnectionTests(
                providers, codec, new Records(codec, topics, null), topics.destinations(), CONNECTION_TEST_MAX);
        var deliveries = new DeliveryRoutes(
                lookup,
                new DeliveryJson(config.router().inlinePayloadMax()),
                writer,
                new ResultTail(topics.results(), codec, config.kafka().consumer()),
                config.worker().requestTopics().getFirst(),
                config.api().requestTimeout(),
                clock);
        var explain = new ExplainRoutes(
                () -> new RoutingConfiguration(view, installation),
                new Explainer(
                        new RetryPlan(config.worker().retryDelays()),
                        config.router().resolutionGrace()),
                config.router().inlinePayloadMax(),
                clock);
        var lastTests = new LastTests(topics, view, tests, writer, clock);
        this.schedule = new TestSchedule(
                view, lastTests, clock, testThreads, config.worker().workerId());
        this.routes = routes -> register(routes, providers, store, json, tests, lastTests, deliveries, explain);
    }

    static void register(
            RoutesConfig routes,
            Providers providers,
            ConfigurationStore store,
            DestinationJson json,
            ConnectionTests tests,
            LastTests lastTests,
            DeliveryRoutes deliveries,
            ExplainRoutes explain) {
        Audit audit = new Audit();
        new DestinationRoutes(store, json, tests, lastTests, audit).register(routes);
        new RuleRoutes(store, audit).register(routes);
        new DefaultsRoutes(store, audit).register(routes);
        var templates = new TemplateRoutes(store, BuiltInTemplates.load(), audit);
        templates.register(routes);
        new AppliedTemplateRoutes(store, templates, audit).register(routes);
        deliveries.register(routes);
        explain.register(routes);
        routes.get("/v1/providers", context -> {
            var body = Json.object();
            body.set("providers", providers.json());
            Json.answer(context, HttpStatus.OK, body);
        });
        routes.get(
                "/v1/providers/{provider}",
                context -> Json.answer(context, HttpStatus.OK, providers.json(context.pathParam("provider"))));
    }

    public void start() {
        tail.start();
    }

    /// Starts the connection tests that it is time for; to be called every [#TESTS_LOOKED_AT_EVERY].
    public void testOnSchedule() {
        if (isReady()) {
            schedule.look();
        }
    }

    /// The part of the server's paths that is served here.
    public Consumer<RoutesConfig> routes() {
        return routes;
    }

    /// Whether the configuration that was there at the start has been read.
    public boolean isReady() {
        return tail.isCaughtUp();
    }

    /// How far a configuration topic has been read: the offset of the next record; none before the first.
    public Optional<Long> configurationRead(String topic) {
        return view.applied(topic).map(offset -> offset + 1);
    }

    @Override
    public void close() {
        testThreads.shutdownNow();
        try (writer) {
            tail.close();
        }
    }
}
