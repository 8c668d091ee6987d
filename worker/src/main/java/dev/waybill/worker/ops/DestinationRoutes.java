package dev.waybill.worker.ops;

import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationTest;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Destinations of an organization, by id or name.
final class DestinationRoutes {

    private static final String ALL = "/v1/organizations/{organization}/destinations";
    private static final String ONE = ALL + "/{destination}";

    private final ConfigurationStore store;
    private final DestinationJson json;
    private final ConnectionTests tests;
    private final LastTests lastTests;
    private final Audit audit;

    DestinationRoutes(
            ConfigurationStore store, DestinationJson json, ConnectionTests tests, LastTests lastTests, Audit audit) {
        this.store = store;
        this.json = json;
        this.tests = tests;
        this.lastTests = lastTests;
        this.audit = audit;
    }

    void register(RoutesConfig routes) {
        routes.get(ALL, this::list);
        routes.get(ONE, context -> answer(context, HttpStatus.OK, find(context)));
        routes.put(ONE, this::put);
        routes.delete(ONE, this::delete);
        routes.post(ONE + "/test", context -> test(context, find(context)));
        routes.post("/v1/destinations/{destination}/test", context -> test(context, byId(context)));
        routes.post("/v1/providers/{provider}/test", this::testUnsaved);
    }

    private void list(Context context) {
        ArrayNode all = Json.array();
        store.view().destinations(Json.organization(context)).stream()
                .map(ConfigurationView.Entry::value)
                .sorted(Comparator.comparing(Destination::getName))
                .forEach(destination -> all.add(json(destination)));
        ObjectNode body = Json.object();
        body.set("destinations", all);
        Json.answer(context, HttpStatus.OK, body);
    }

    private void put(Context context) {
        String organization = Json.organization(context);
        String given = context.pathParam("destination");
        ObjectNode body = Json.body(context);
        List<ConfigurationView.Entry<Destination>> named = store.view().named(organization, given);
        UUID id = DestinationJson.uuid(given)
                .orElseGet(() -> named.isEmpty()
                        ? UUID.randomUUID()
                        : UUID.fromString(named.getFirst().value().getDestinationId()));
        String name = DestinationJson.uuid(given).isPresent()
                ? store.view()
                        .destination(organization, id.toString())
                        .map(entry -> entry.value().getName())
                        .orElse(null)
                : given;
        Destination wanted = json.read(body, organization, id, name);
        tests.validate(wanted);
        boolean isNew = store.put(wanted, Precondition.of(context), Audit.who(context));
        audit.changed(context, "destination.put", organization, wanted.getDestinationId(), wanted.getVersion());
        answer(context, isNew ? HttpStatus.CREATED : HttpStatus.OK, wanted);
    }

    private void delete(Context context) {
        Destination destination = find(context);
        store.delete(destination, Precondition.of(context), "true".equals(context.queryParam("force")));
        audit.changed(
                context,
                "destination.delete",
                destination.getOrganizationId(),
                destination.getDestinationId(),
                destination.getVersion());
        context.status(HttpStatus.NO_CONTENT);
    }

    private void test(Context context, Destination destination) throws InterruptedException {
        Json.answer(context, HttpStatus.OK, ConnectionTests.json(lastTests.run(destination, false)));
    }

    private Destination byId(Context context) {
        String organization = Json.queriedOrganization(context);
        return find(store.view(), organization, context.pathParam("destination"));
    }

    /// Settings as they would be put.
    private void testUnsaved(Context context) throws InterruptedException {
        String organization = Json.queriedOrganization(context);
        ObjectNode body = Json.body(context);
        String provider = context.pathParam("provider");
        body.put("provider", provider);
        Destination destination = json.isKnown(provider)
                ? json.read(body, organization, UUID.randomUUID(), "unsaved")
                : Destination.newBuilder()
                        .setDestinationId("")
                        .setOrganizationId(organization)
                        .setName("unsaved")
                        .setKind("")
                        .setProvider(provider)
                        .setSettings(Map.of())
                        .setVersion(1)
                        .setUpdatedAt(Instant.EPOCH)
                        .build();
        Json.answer(context, HttpStatus.OK, ConnectionTests.json(tests.run(ConnectionTests.dated(destination))));
    }

    private Destination find(Context context) {
        return find(store.view(), Json.organization(context), context.pathParam("destination"));
    }

    static Destination find(ConfigurationView view, String organization, String idOrName) {
        return view.find(organization, idOrName)
                .orElseThrow(() -> ProblemException.notFound("the organization has no destination " + idOrName));
    }

    private ObjectNode json(Destination destination) {
        ObjectNode answer = AvroJson.object(destination);
        Optional<DestinationTest> test = store.view().test(destination);
        answer.set("health", HealthJson.of(store.view().health(destination), test, store.now()));
        test.ifPresent(last -> answer.set("lastTest", HealthJson.lastTest(last)));
        return answer;
    }

    private void answer(Context context, HttpStatus status, Destination destination) {
        context.header("ETag", "\"" + destination.getVersion() + "\"");
        Json.answer(context, status, json(destination));
    }
}
