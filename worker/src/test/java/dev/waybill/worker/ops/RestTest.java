package dev.waybill.worker.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.policy.RetryPlan;
import dev.waybill.topology.routing.Explainer;
import dev.waybill.topology.routing.Installation;
import dev.waybill.worker.config.ApiSettings;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.Secrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String HOOK = """
            {"provider": "hook", "settings": {"url": "https://example.com"}}""";

    /// Here URLs of https are encrypted, and everything is kept for 90 days.
    private static final Installation INSTALLATION = new Installation(
            destination -> destination.settings().getOrDefault("url", "").startsWith("https:"), 90);

    record Shown(String deliveryId, String organization, Instant at) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final Topics topics = new Topics("t.");
    private final ConfigurationView view = new ConfigurationView();
    private final FakeConfigurationTopics log = new FakeConfigurationTopics(view);
    private final LastTests lastTests;
    private final List<DeliveryRequest> requests = new ArrayList<>();
    private Optional<DeliveryResult> result = Optional.empty();
    private RestServer server;
    private Instant now = NOW;
    private int number;
    private String org = "";

    RestTest() {
        AvroCodec codec = new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults());
        Providers providers =
                Providers.of(List.of(new FakeProvider("hook", Kind.WEBHOOK), new FakeProvider("mail", Kind.EMAIL)));
        InstantSource clock = () -> now;
        var store = new ConfigurationStore(
                topics, view, RouterProgress.NO_ROUTER, log, INSTALLATION, clock, Duration.ofSeconds(1));
        var deliveries = new DeliveryRoutes(
                (organization, id) -> id.equals("known") && organization.equals("acme")
                        ? Optional.of(new Shown(id, organization, NOW))
                        : Optional.empty(),
                new DeliveryJson(10),
                (topic, request, _) -> {
                    requests.add(request);
                    return new RecordMetadata(new TopicPartition(topic, 2), 40, 2, 0, 0, 0);
                },
                id -> new ResultWatch.Expected() {
                    @Override
                    public Optional<DeliveryResult> await(Duration patience) {
                        return result;
                    }

                    @Override
                    public void close() {}
                },
                topics.requests(),
                Duration.ofSeconds(5),
                clock);
        var tests = new ConnectionTests(
                providers, codec, new Records(codec, topics, null), topics.destinations(), Duration.ofMillis(200));
        lastTests = new LastTests(topics, view, tests, log, clock);
        var health = new Health(
                List.of(new Health.Check("loop", Optional::empty)),
                List.of(new Health.Check("router", () -> Optional.of("rebalancing"))));
        server = new RestServer(
                new ApiSettings("127.0.0.1", 0, 100_000, Duration.ofSeconds(5), Duration.ofSeconds(1)),
                List.of(
                        routes -> Api.register(
                                routes,
                                providers,
                                store,
                                new DestinationJson(providers, new SettingsCheck(new OwnSecrets())),
                                tests,
                                lastTests,
                                deliveries,
                                new ExplainRoutes(
                                        () -> new RoutingConfiguration(view, INSTALLATION),
                                        new Explainer(
                                                new RetryPlan(List.of(RetryDelay.parse("1s"))), Duration.ofSeconds(10)),
                                        1_000,
                                        clock)),
                        health::register));
    }

    @BeforeAll
    void start() {
        server.start();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void freshOrganization() {
        org = "org" + ++number;
        now = NOW;
        requests.clear();
        result = Optional.empty();
    }

    @Test
    void a_destination_is_put_read_changed_listed_and_deleted() throws Exception {
        Answer created = put(destination("crm"), HOOK);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().path("kind").asString()).isEqualTo("webhook");
        long version = created.body().path("version").asLong();
        assertThat(created.body().path("updatedAt").asString()).isEqualTo("2026-01-31T12:00:00Z");
        String id = created.body().path("destinationId").asString();

        Answer changed = put(destination(id), HOOK.replace("example.com", "example.org"));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body().path("name").asString()).isEqualTo("crm");
        assertThat(changed.body().path("version").asLong()).isEqualTo(version + 1);
        assertThat(get(destination("crm")).body()).isEqualTo(changed.body());
        assertThat(get("/v1/organizations/" + org + "/destinations").body().path("destinations"))
                .hasSize(1);
        assertThat(get("/v1/organizations/other/destinations").body().path("destinations"))
                .isEmpty();

        assertThat(send("DELETE", destination("crm"), "").status()).isEqualTo(204);
        assertThat(get(destination(id)).status()).isEqualTo(404);
    }

    @Test
    void what_was_answered_can_be_put_back() throws Exception {
        Answer created = put(destination("crm"), HOOK);
        assertThat(put(destination("crm"), created.body().toString()).status()).isEqualTo(200);
    }

    @Test
    void a_destination_tells_how_it_is_doing() throws Exception {
        JsonNode created = put(destination("crm"), HOOK).body();
        assertThat(created.at("/health/status").asString()).isEqualTo("well");
        tellHealth(created, NOW.plusSeconds(30), null);
        JsonNode open = get(destination("crm")).body().path("health");
        assertThat(open.path("status").asString()).isEqualTo("open");
        assertThat(open.path("openUntil").asString()).isEqualTo("2026-01-31T12:00:30Z");
        assertThat(open.path("trips").asInt()).isEqualTo(2);
        assertThat(open.path("lastErrorCode").asString()).isEqualTo("http_503");
        tellHealth(created, NOW, null);
        assertThat(health("crm")).isEqualTo("half-open");
        tellHealth(created, null, null);
        assertThat(health("crm")).isEqualTo("failing");
        tellHealth(created, null, "gone");
        assertThat(health("crm")).isEqualTo("disabled");
        put(destination("crm"), created.toString());
        assertThat(health("crm")).as("a change starts anew").isEqualTo("well");
    }

    private String health(String name) throws Exception {
        return get(destination(name)).body().at("/health/status").asString();
    }

    private void tellHealth(JsonNode destination, @Nullable Instant openUntil, @Nullable String disabled) {
        String id = destination.path("destinationId").asString();
        String organization = destination.path("organizationId").asString();
        DestinationHealth health = DestinationHealth.newBuilder()
                .setDestinationId(id)
                .setOrganizationId(organization)
                .setDestinationVersion(destination.path("version").asLong())
                .setOpenUntil(openUntil)
                .setSince(NOW)
                .setTrips(2)
                .setLastErrorCode("http_503")
                .setDisabledReason(disabled)
                .build();
        view.apply(topics.destinationHealth(), 0, Keys.destination(organization, id), health);
    }

    @Test
    void every_fault_is_listed_with_its_path() throws Exception {
        Answer answer = put(destination("crm"), """
                {"provider": "hook", "kind": "email", "colour": 1, "enabled": "yes",
                 "settings": {"port": 10, "secret": "s3cret", "uri": "x"},
                 "policy": {"maxAttempts": 0, "jitter": 2, "onAmbiguous": "hope", "retrys": 1, "delaysMs": [1, -1],
                            "schedule": "soon", "rateBurst": 5, "minConcurrency": 99, "hoursFrom": "8 o'clock",
                            "hoursDays": ["mon", "someday"], "hoursZone": "Moon/Crater", "breakerFailureRatio": 2,
                            "breakerEnabled": "no", "breakerOpenMs": 500, "breakerOpenMaxMs": 100}}""");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.type()).startsWith("application/problem+json");
        assertThat(answer.fields())
                .containsExactlyInAnyOrder(
                        "colour",
                        "enabled",
                        "kind",
                        "settings.url",
                        "settings.port",
                        "settings.secret",
                        "settings.uri",
                        "policy.maxAttempts",
                        "policy.jitter",
                        "policy.onAmbiguous",
                        "policy.retrys",
                        "policy.delaysMs[1]",
                        "policy.schedule",
                        "policy.rateBurst",
                        "policy.minConcurrency",
                        "policy.hoursFrom",
                        "policy.hoursFrom",
                        "policy.hoursDays",
                        "policy.hoursZone",
                        "policy.breakerFailureRatio",
                        "policy.breakerEnabled",
                        "policy.breakerOpenMaxMs");
        assertThat(answer.body().toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({"${dir:/secrets/ORG:key},201", "${dir:/secrets/other:key},422", "plain,422"})
    void secrets_are_references_of_the_organization(String secret, int status) throws Exception {
        Answer answer = put(destination("crm"), """
                {"provider": "hook", "settings": {"url": "u", "secret": "%s"}}""".formatted(secret.replace("ORG", org)));
        assertThat(answer.status()).isEqualTo(status);
    }

    @Test
    void settings_are_bounded() throws Exception {
        String url = "u".repeat(SettingsCheck.BYTES_MAX - 3);
        assertThat(put(destination("a"), "{\"provider\": \"hook\", \"settings\": {\"url\": \"" + url + "\"}}")
                        .status())
                .isEqualTo(201);
        assertThat(put(destination("b"), "{\"provider\": \"hook\", \"settings\": {\"url\": \"x" + url + "\"}}")
                        .fields())
                .containsExactly("settings");
    }

    @Test
    void a_name_is_unique_and_a_kind_never_changes() throws Exception {
        String id = put(destination("crm"), HOOK).body().path("destinationId").asString();
        assertThat(put(
                                destination("7e4c4f2e-0000-4000-8000-000000000001"),
                                HOOK.replace("{\"pro", "{\"name\": \"crm\", \"pro"))
                        .status())
                .isEqualTo(409);
        assertThat(put(destination("crm"), HOOK.replace("hook", "mail")).status())
                .isEqualTo(409);
        String foreign = "/v1/organizations/thief/destinations/" + id;
        assertThat(put(foreign, HOOK.replace("{\"pro", "{\"name\": \"x\", \"pro"))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void of_two_racing_writers_of_a_name_the_later_takes_its_change_back() throws Exception {
        log.another(new Change(topics.destinations(), org + "/other", racing("other", "crm", 1)));
        assertThat(put(destination("crm"), HOOK).status()).isEqualTo(409);
        assertThat(get("/v1/organizations/" + org + "/destinations").body().path("destinations"))
                .hasSize(1);
    }

    @Test
    void a_version_is_never_used_twice() throws Exception {
        JsonNode created = put(destination("crm"), HOOK).body();
        String id = created.path("destinationId").asString();
        long version = created.path("version").asLong();
        log.another(new Change(topics.destinations(), org + "/" + id, racing(id, "crm", version + 1)));
        assertThat(put(destination("crm"), HOOK).body().path("version").asLong())
                .isEqualTo(version + 2);
    }

    @Test
    void a_destination_that_is_made_again_gets_a_version_it_never_had() throws Exception {
        JsonNode created = put(destination("crm"), HOOK).body();
        String id = created.path("destinationId").asString();
        long last = put(destination("crm"), HOOK).body().path("version").asLong();
        send("DELETE", destination("crm"), "");
        now = now.plusSeconds(1);
        Answer again = put(destination(id), HOOK.replace("{\"pro", "{\"name\": \"crm\", \"pro"));
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body().path("version").asLong()).isGreaterThan(last);
    }

    @Test
    void the_health_of_a_destination_is_deleted_with_it() throws Exception {
        JsonNode created = put(destination("crm"), HOOK).body();
        String id = created.path("destinationId").asString();
        tellHealth(created, null, "gone");
        send("DELETE", destination("crm"), "");
        log.append(new Change(
                topics.destinations(),
                org + "/" + id,
                racing(id, "crm", created.path("version").asLong())));
        assertThat(health("crm")).isEqualTo("well");
    }

    @Test
    void health_that_was_told_of_another_record_of_the_same_number_says_nothing() throws Exception {
        String id = put(destination("crm"), HOOK).body().path("destinationId").asString();
        Destination mine = racing(id, "crm", 7);
        log.append(new Change(topics.destinations(), org + "/" + id, mine));
        DestinationHealth.Builder health = DestinationHealth.newBuilder()
                .setDestinationId(id)
                .setOrganizationId(org)
                .setDestinationVersion(7)
                .setSince(NOW)
                .setDisabledReason("gone");
        long fingerprint = FakeConfigurationTopics.encoded(mine).fingerprint();
        String key = Keys.destination(org, id);
        view.apply(
                topics.destinationHealth(),
                0,
                key,
                health.setDestinationFingerprint(fingerprint).build());
        assertThat(health("crm")).isEqualTo("disabled");
        view.apply(
                topics.destinationHealth(),
                1,
                key,
                health.setDestinationFingerprint(fingerprint + 1).build());
        assertThat(health("crm")).isEqualTo("well");
    }

    @Test
    void the_last_test_is_kept_until_the_destination_is_changed_or_deleted() throws Exception {
        put(destination("crm"), HOOK);
        assertThat(get(destination("crm")).body().has("lastTest")).isFalse();
        JsonNode answer = send("POST", destination("crm") + "/test", "").body();
        JsonNode kept = get(destination("crm")).body().path("lastTest");
        assertThat(kept.path("testedAt").asString()).isEqualTo(NOW.toString());
        assertThat(kept.path("scheduled").asBoolean()).isFalse();
        assertThat(kept.path("checks")).isEqualTo(answer.path("checks"));
        assertThat(kept.path("success").asBoolean()).isTrue();

        ObjectNode sentBack = (ObjectNode) get(destination("crm")).body();
        sentBack.putObject("settings").put("url", "refuses");
        assertThat(put(destination("crm"), sentBack.toString()).status()).isEqualTo(200);
        assertThat(get(destination("crm")).body().has("lastTest"))
                .as("of another version")
                .isFalse();
        send("POST", destination("crm") + "/test", "");
        assertThat(get(destination("crm")).body().at("/lastTest/error/code").asString())
                .isEqualTo("auth_failed");
        assertThat(health("crm")).as("nobody asked for a schedule").isEqualTo("well");

        String id = get(destination("crm")).body().path("destinationId").asString();
        send("DELETE", destination("crm"), "");
        assertThat(log.has(topics.destinationTests(), Keys.destination(org, id)))
                .isFalse();
    }

    @Test
    void what_is_tested_on_a_schedule_is_left_alone_while_its_last_test_failed() throws Exception {
        put(destination("crm"), scheduled("refuses"));
        send("POST", destination("crm") + "/test", "");
        assertThat(health("crm")).isEqualTo("open");
        JsonNode test = get(destination("crm")).body().path("lastTest");
        Duration held =
                Duration.between(NOW, Instant.parse(test.path("openUntil").asString()));
        assertThat(held).isEqualTo(Duration.ofSeconds(60).multipliedBy(2).plusMillis(200));
        now = NOW.plus(held);
        assertThat(health("crm")).as("nobody tests it any more").isEqualTo("well");

        now = NOW;
        put(destination("crm"), scheduled("https://example.com"));
        send("POST", destination("crm") + "/test", "");
        assertThat(health("crm")).isEqualTo("well");
        put(destination("crm"), scheduled("throws"));
        send("POST", destination("crm") + "/test", "");
        assertThat(health("crm")).as("an error of ours").isEqualTo("well");
    }

    private static String scheduled(String url) {
        return """
                {"provider": "hook", "settings": {"url": "%s"}, "policy": {"testIntervalMs": 60000}}""".formatted(url);
    }

    @Test
    void a_connection_is_tested() throws Exception {
        put(destination("crm"), HOOK);
        Answer answer = send("POST", destination("crm") + "/test", "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("success").asBoolean()).isTrue();
        assertThat(answer.body().path("statusCode").asInt()).isEqualTo(204);
        assertThat(answer.body().at("/phases/connect").asDouble()).isEqualTo(3.0);
        assertThat(answer.body().at("/permissions/0").asString()).isEqualTo("write");
        assertThat(answer.body().at("/details/host").asString()).isEqualTo("https://example.com");
        assertThat(answer.body().path("responseTimeMs").isNumber()).isTrue();
        String id = get(destination("crm")).body().path("destinationId").asString();
        assertThat(send("POST", "/v1/destinations/" + id + "/test?organization=" + org, "")
                        .body()
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(send("POST", "/v1/destinations/" + id + "/test?organization=thief", "")
                        .status())
                .isEqualTo(404);
        assertThat(send("POST", "/v1/destinations/" + id + "/test", "").status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "refuses,auth_failed,no",
        "slow,timeout,the test took longer than PT0.2S",
        "throws,internal,java.lang.IllegalStateException"
    })
    void a_test_that_fails_says_why_and_what_to_do(String url, String code, String message) throws Exception {
        JsonNode answer = testUnsaved("hook", "{\"settings\": {\"url\": \"" + url + "\"}}")
                .body();
        assertThat(answer.path("success").asBoolean()).isFalse();
        assertThat(answer.at("/error/code").asString()).isEqualTo(code);
        assertThat(answer.at("/error/message").asString()).isEqualTo(message);
        assertThat(answer.at("/error/hint").asString()).isNotBlank();
        assertThat(answer.at("/error/providerCode").asString("")).isEqualTo(url.equals("refuses") ? "E401" : "");
        assertThat(answer.at("/checks/0/passed").asBoolean()).isFalse();
        assertThat(answer.toString()).doesNotContain("s3cret");
    }

    private Answer testUnsaved(String provider, String body) throws Exception {
        return send("POST", "/v1/providers/" + provider + "/test?organization=" + org, body);
    }

    @Test
    void settings_are_tested_before_they_are_saved() throws Exception {
        assertThat(testUnsaved("hook", HOOK).body().path("success").asBoolean()).isTrue();
        assertThat(get("/v1/organizations/" + org + "/destinations").body().path("destinations"))
                .isEmpty();
        assertThat(testUnsaved("hook", "{}").fields()).containsExactly("settings.url");
        assertThat(testUnsaved("pigeon", "{}").body().at("/error/code").asString())
                .isEqualTo("unsupported_provider");
        assertThat(send("POST", "/v1/providers/hook/test", HOOK).status()).isEqualTo(400);
    }

    @Test
    void a_destination_whose_provider_this_worker_has_not_cannot_be_tested() throws Exception {
        Destination other = racing("7e4c4f2e-0000-4000-8000-00000000000" + number % 10, "pigeon", 1);
        other.setProvider("pigeon");
        log.append(new Change(topics.destinations(), org + "/" + other.getDestinationId(), other));
        assertThat(send("POST", destination("pigeon") + "/test", "")
                        .body()
                        .at("/error/code")
                        .asString())
                .isEqualTo("unsupported_provider");
    }

    @Test
    void a_provider_describes_itself() throws Exception {
        JsonNode hook = get("/v1/providers/hook").body();
        assertThat(hook.path("kind").asString()).isEqualTo("webhook");
        assertThat(hook.path("settings").findValuesAsString("name")).contains("url", "secret");
        assertThat(hook.path("example").isObject()).isTrue();
        assertThat(get("/v1/providers/pigeon").status()).isEqualTo(404);
    }

    @Test
    void rules_name_destinations_by_id_or_name() throws Exception {
        String id = put(destination("crm"), HOOK).body().path("destinationId").asString();
        put(destination("disk"), HOOK);
        String rule = "/v1/organizations/" + org + "/rules/audit";
        Answer created = put(rule, """
                {"priority": 5, "conditions": {"payloadTypes": ["audit.*"]}, "primary": ["crm"], "fallback": ["disk"]}""");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().path("primary").path(0).path("destinationId").asString())
                .isEqualTo(id);
        assertThat(put(rule, created.body().toString()).body().path("version").asLong())
                .isEqualTo(2);
        assertThat(send("DELETE", destination("crm"), "").status()).isEqualTo(409);
        assertThat(send("DELETE", rule, "").status()).isEqualTo(204);
        assertThat(send("DELETE", destination("crm"), "").status()).isEqualTo(204);
    }

    @Test
    void default_destinations_are_set_listed_and_removed() throws Exception {
        put(destination("crm"), HOOK);
        put(destination("disk"), HOOK);
        String defaults = "/v1/organizations/" + org + "/defaults";
        assertThat(get(defaults).body().path("defaults")).isEmpty();
        assertThat(put(defaults + "/disk", "{}").status()).isEqualTo(201);
        Answer set = put(defaults + "/crm", "{\"primary\": true}");
        assertThat(set.status()).isEqualTo(201);
        assertThat(set.body().path("defaults").findValuesAsString("name")).containsExactly("crm", "disk");
        assertThat(set.body().at("/defaults/0/primary").asBoolean()).isTrue();
        assertThat(put(defaults + "/crm", "{}").status()).isEqualTo(200);
        assertThat(get(defaults).body()).isEqualTo(set.body());
        assertThat(get("/v1/organizations/" + org + "/rules/defaults")
                        .body()
                        .path("version")
                        .asLong())
                .isEqualTo(3);

        assertThat(put(defaults + "/unknown", "{}").status()).isEqualTo(404);
        assertThat(put(defaults + "/crm", "{\"primary\": 3}").fields()).containsExactly("primary");
        assertThat(send("DELETE", defaults + "/crm", "").status()).isEqualTo(204);
        assertThat(send("DELETE", defaults + "/crm", "").status()).isEqualTo(404);
        assertThat(send("DELETE", defaults + "/disk", "").status()).isEqualTo(204);
        assertThat(get("/v1/organizations/" + org + "/rules/defaults").status()).isEqualTo(404);
    }

    @Test
    void two_who_set_defaults_at_once_are_both_heard() throws Exception {
        put(destination("crm"), HOOK);
        String disk =
                put(destination("disk"), HOOK).body().path("destinationId").asString();
        String defaults = "/v1/organizations/" + org + "/defaults";
        log.another(new Change(topics.rules(), org + "/defaults", stamped(BaseRule.with(null, org, disk, null))));
        assertThat(put(defaults + "/crm", "{}").body().path("defaults").findValuesAsString("name"))
                .containsExactly("disk", "crm");
    }

    private static DefaultDestinationRule stamped(DefaultDestinationRule rule) {
        rule.setVersion(1);
        return rule;
    }

    @Test
    void a_change_may_depend_on_the_version_that_was_read() throws Exception {
        put(destination("crm"), HOOK);
        for (String path : List.of(destination("other"), "/v1/organizations/" + org + "/rules/audit")) {
            String body = path.contains("rules") ? "{\"primary\": [\"crm\"]}" : HOOK;
            assertThat(send("PUT", path, body, "If-Match", "\"1\"").status()).isEqualTo(412);
            assertThat(send("PUT", path, body, "If-Match", "*").status()).isEqualTo(412);
            String created = send("PUT", path, body, "If-None-Match", "*").tag();
            assertThat(send("PUT", path, body, "If-None-Match", "*").status()).isEqualTo(412);
            String changed = send("PUT", path, body, "If-Match", created).tag();
            assertThat(send("PUT", path, body, "If-Match", created).status()).isEqualTo(412);
            assertThat(send("DELETE", path, "", "If-Match", created).status()).isEqualTo(412);
            assertThat(get(path).tag()).isEqualTo(changed);
            assertThat(send("DELETE", path, "", "If-Match", changed).status()).isEqualTo(204);
            assertThat(send("PUT", path, body, "If-Match", "3").status()).isEqualTo(400);
            assertThat(send("PUT", path, body, "If-None-Match", "\"3\"").status())
                    .isEqualTo(400);
        }
    }

    @Test
    void of_two_who_change_the_same_version_at_once_the_later_is_refused_and_leaves_the_other_s() throws Exception {
        String id = put(destination("crm"), HOOK).body().path("destinationId").asString();
        String key = org + "/" + id;
        Answer before = get(destination("crm"));
        long version = before.body().path("version").asLong();
        log.another(new Change(topics.destinations(), key, racing(id, "crm-of-another", version + 1)));
        assertThat(send("PUT", destination(id), HOOK, "If-Match", before.tag()).status())
                .isEqualTo(412);
        Answer after = get(destination(id));
        assertThat(after.body().path("name").asString()).isEqualTo("crm-of-another");
        assertThat(after.body().path("version").asLong()).isEqualTo(version + 2);

        log.another(new Change(topics.destinations(), key, racing(id, "again", version + 3)));
        assertThat(send("DELETE", destination(id), "", "If-Match", after.tag()).status())
                .isEqualTo(412);
        assertThat(get(destination(id)).body().path("name").asString()).isEqualTo("again");
    }

    @Test
    void what_another_deleted_meanwhile_is_not_made_again_by_a_change_of_what_was_read() throws Exception {
        put(destination("crm"), HOOK);
        Answer before = put(rule("audit"), "{\"primary\": [\"crm\"]}");
        log.another(new Change(topics.rules(), org + "/audit", null));
        assertThat(send("PUT", rule("audit"), "{\"primary\": [\"crm\"]}", "If-Match", before.tag())
                        .status())
                .isEqualTo(412);
        assertThat(get(rule("audit")).status()).isEqualTo(404);
    }

    private String applied(String template) {
        return "/v1/organizations/" + org + "/templates/" + template;
    }

    private String rule(String id) {
        return "/v1/organizations/" + org + "/rules/" + id;
    }

    /// A destination that HIPAA allows.
    private void putSigned(String... names) throws Exception {
        for (String name : names) {
            put(destination(name), HOOK.replace("{\"pro", "{\"labels\": {\"baa\": \"signed\"}, \"pro"));
        }
    }

    /// HIPAA, but for how long the log is kept.
    private static final String BAA = """
            {"category": "compliance", "slots": ["main", "last"],
             "constraints": ["encrypted_transport", {"constraint": "labels", "values": ["baa=signed"]}, "fallback_required"],
             "rules": [{"ruleId": "all", "selection": "failover", "primarySlots": ["main"], "fallbackSlots": ["last"]}]}""";

    @Test
    void templates_are_listed_put_and_deleted() throws Exception {
        assertThat(get("/v1/templates").body().path("templates").findValuesAsString("templateId"))
                .containsAll(BuiltInTemplates.IDS);
        assertThat(get("/v1/templates/hipaa").body().path("builtIn").asBoolean())
                .isTrue();
        String own = "/v1/templates/own" + number;
        Answer created = put(own, BAA);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().path("builtIn").asBoolean()).isFalse();
        assertThat(created.body().path("version").asLong()).isEqualTo(1);
        Answer again = put(own, created.body().toString());
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().path("version").asLong()).isEqualTo(2);
        assertThat(send("PUT", own, BAA, "If-Match", created.tag()).status()).isEqualTo(412);
        assertThat(send("DELETE", own, "", "If-Match", created.tag()).status()).isEqualTo(412);
        assertThat(send("DELETE", own, "").status()).isEqualTo(204);
        assertThat(get(own).status()).isEqualTo(404);
        assertThat(send("DELETE", "/v1/templates/hipaa", "").status()).isEqualTo(404);
    }

    @Test
    void one_s_own_template_takes_the_place_of_a_built_in_one() throws Exception {
        assertThat(put("/v1/templates/saas", BAA).body().path("version").asLong())
                .isEqualTo(2);
        assertThat(get("/v1/templates/saas").body().path("builtIn").asBoolean()).isFalse();
        assertThat(send("DELETE", "/v1/templates/saas", "").status()).isEqualTo(204);
        assertThat(get("/v1/templates/saas").body().path("builtIn").asBoolean()).isTrue();
    }

    @Test
    void every_fault_of_a_template_is_listed_with_its_path() throws Exception {
        assertThat(put("/v1/templates/bad", """
                        {"category": "best", "slots": ["main", {"name": "no token"}, 3], "colour": 1,
                         "constraints": [{"constraint": "regions"}, "x"],
                         "rules": [{"primarySlots": ["main"], "selection": "any", "weights": {"main": "x"}}, 4]}""").fields())
                .containsExactlyInAnyOrder(
                        "colour",
                        "category",
                        "slots[1].name",
                        "slots[2]",
                        "constraints[0].values",
                        "constraints[1].constraint",
                        "rules[0].ruleId",
                        "rules[0].weights.main",
                        "rules[1]");
    }

    @Test
    void a_template_that_is_applied_makes_rules_that_remember_it() throws Exception {
        put(destination("crm"), HOOK);
        put(destination("disk"), HOOK);
        String template = applied("primary-with-failover");
        assertThat(put(template, "{}").fields()).containsExactlyInAnyOrder("slots.main", "slots.standby");
        assertThat(put(template, "{\"slots\": {\"main\": \"nowhere\", \"x\": \"crm\"}}")
                        .fields())
                .contains("slots.main", "slots.x");
        assertThat(put(template, "{\"slots\": {\"main\": \"crm\", \"standby\": [\"crm\"]}}")
                        .fields())
                .containsExactly("rules.primary-with-failover-all.secondary[0].destinationId");

        String slots = "{\"slots\": {\"main\": \"crm\", \"standby\": [\"disk\"]}}";
        Answer dry = put(template + "?dryRun=true", slots);
        assertThat(dry.body().at("/changes/0/change").asString()).isEqualTo("create");
        assertThat(get(rule("primary-with-failover-all")).status()).isEqualTo(404);
        put(template, slots);
        JsonNode made = get(rule("primary-with-failover-all")).body();
        assertThat(made.path("selection").asString()).isEqualTo("failover");
        assertThat(made.at("/template/templateId").asString()).isEqualTo("primary-with-failover");
        assertThat(put(template, "{}").body().path("changes")).isEmpty();
        assertThat(get(rule("primary-with-failover-all")).body()).isEqualTo(made);
        JsonNode listed = get("/v1/organizations/" + org + "/templates").body().path("templates");
        assertThat(listed.findValuesAsString("templateId")).containsExactly("primary-with-failover");
        assertThat(listed.at("/0/latestVersion").asLong()).isEqualTo(1);

        assertThat(send("DELETE", template, "").status()).isEqualTo(204);
        assertThat(get(rule("primary-with-failover-all")).status()).isEqualTo(404);
        assertThat(send("DELETE", template, "").status()).isEqualTo(404);
    }

    @Test
    void a_newer_version_shows_what_it_would_change_and_keeps_the_slots() throws Exception {
        put(destination("crm"), HOOK);
        put(destination("disk"), HOOK);
        String id = "own" + number;
        String body = """
                {"slots": ["main", {"name": "last", "required": false}],
                 "rules": [{"ruleId": "a", "priority": 1, "primarySlots": ["main"], "fallbackSlots": ["last"]},
                           {"ruleId": "b", "primarySlots": ["main"], "conditions": {"userRoles": ["x"]}}]}""";
        put("/v1/templates/" + id, body);
        put(applied(id), "{\"slots\": {\"main\": \"crm\", \"last\": \"disk\"}}");
        put(
                "/v1/templates/" + id,
                body.replace("\"priority\": 1", "\"priority\": 5").replace("\"b\"", "\"c\""));
        assertThat(get("/v1/organizations/" + org + "/templates")
                        .body()
                        .at("/templates/0/latestVersion")
                        .asLong())
                .isEqualTo(2);
        JsonNode changes = put(applied(id) + "?dryRun=true", "{}").body().path("changes");
        assertThat(changes.findValuesAsString("ruleId")).containsExactly(id + "-a", id + "-c", id + "-b");
        assertThat(changes.findValuesAsString("change")).containsExactly("update", "create", "delete");
        assertThat(changes.at("/0/fields").findValuesAsString("field")).containsExactly("priority", "template");
        assertThat(changes.at("/0/fields/0/before").asInt()).isEqualTo(1);
        assertThat(changes.at("/0/fields/0/after").asInt()).isEqualTo(5);
        put(applied(id), "{}");
        JsonNode rule = get(rule(id + "-a")).body();
        assertThat(rule.path("priority").asInt()).isEqualTo(5);
        assertThat(rule.path("fallback")).hasSize(1);
        assertThat(get(rule(id + "-b")).status()).isEqualTo(404);
        assertThat(put(applied(id), "{\"slots\": {\"last\": []}}")
                        .body()
                        .at("/changes/0/ruleId")
                        .asString())
                .isEqualTo(id + "-a");
        assertThat(get(rule(id + "-a")).body().path("fallback")).isEmpty();
    }

    @Test
    void a_rule_of_another_origin_is_not_overwritten_by_a_template() throws Exception {
        put(destination("crm"), HOOK);
        put(rule("single-destination-all"), "{\"primary\": [\"crm\"]}");
        assertThat(put(applied("single-destination"), "{\"slots\": {\"main\": \"crm\"}}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void what_breaks_a_constraint_in_force_is_refused_with_its_name() throws Exception {
        String id = "own" + number;
        put("/v1/templates/" + id, BAA);
        putSigned("crm", "disk");
        put(destination("unsigned"), HOOK);
        put(
                destination("plain"),
                HOOK.replace("{\"pro", "{\"labels\": {\"baa\": \"signed\"}, \"pro")
                        .replace("https", "http"));
        assertThat(put(applied(id), "{\"slots\": {\"main\": \"unsigned\", \"last\": \"plain\"}}")
                        .fields())
                .containsExactly(
                        "rules." + id + "-all.primary[0].destinationId",
                        "rules." + id + "-all.fallback[0].destinationId");
        put(rule("other"), "{\"primary\": [\"unsigned\"]}");
        String slots = "{\"slots\": {\"main\": \"crm\", \"last\": \"disk\"}}";
        assertThat(put(applied(id), slots).fields())
                .containsExactly("rules.other.fallback", "rules.other.primary[0].destinationId");
        assertThat(put(applied(id) + "?dryRun=true", slots).status()).isEqualTo(422);
        send("DELETE", rule("other"), "");
        assertThat(put(applied(id), slots).status()).isEqualTo(200);

        Answer refused = put(destination("crm"), HOOK);
        assertThat(refused.fields()).containsExactly("labels");
        assertThat(refused.body().at("/errors/0/message").asString())
                .isEqualTo("breaks " + id + "/labels: only destinations with the labels {baa=signed}");
        assertThat(put(destination("new"), HOOK.replace("https", "http")).fields())
                .containsExactly("settings");
        assertThat(put(rule("other"), "{\"primary\": [\"crm\"], \"fallback\": [\"unsigned\"]}")
                        .fields())
                .containsExactly("fallback[0].destinationId");
        assertThat(put(rule("other"), "{\"primary\": [\"crm\"]}").fields()).containsExactly("fallback");
        assertThat(put("/v1/organizations/" + org + "/defaults/crm", "{}").fields())
                .containsExactly("fallback");
        assertThat(put(rule("other"), "{\"primary\": [\"crm\"], \"fallback\": [\"disk\"]}")
                        .status())
                .isEqualTo(201);

        JsonNode other = get(rule("other")).body();
        ((ObjectNode) other).set("constraints", get(rule(id + "-all")).body().path("constraints"));
        assertThat(put(rule("another"), other.toString()).fields()).containsExactly("template");

        // A change by hand lifts nothing; deleting the template's rules does.
        JsonNode made = get(rule(id + "-all")).body();
        ((ObjectNode) made).put("priority", 3).remove(List.of("template", "constraints"));
        assertThat(put(rule(id + "-all"), made.toString()).body().path("constraints"))
                .hasSize(3);
        assertThat(put(destination("crm"), HOOK).status()).isEqualTo(422);
        assertThat(send("DELETE", applied(id), "").status()).isEqualTo(204);
        assertThat(put(destination("crm"), HOOK).status()).isEqualTo(200);
    }

    @Test
    void a_worker_that_forgets_too_soon_cannot_be_under_a_template_that_asks_for_more() throws Exception {
        putSigned("crm", "disk");
        String slots = "{\"slots\": {\"main\": \"crm\", \"fallback\": \"disk\"}}";
        assertThat(put(applied("hipaa"), slots).body().at("/errors/0/message").asString())
                .isEqualTo("breaks hipaa/retention_days: the log is kept for 2190 days or longer");
    }

    @Test
    void where_a_request_would_go_is_explained_under_constraints() throws Exception {
        String id = "own" + number;
        put("/v1/templates/" + id, BAA);
        putSigned("crm", "disk");
        put(applied(id), "{\"slots\": {\"main\": \"crm\", \"last\": \"disk\"}}");
        Destination behind =
                racing(get(destination("crm")).body().path("destinationId").asString(), "crm", Long.MAX_VALUE / 2);
        log.append(new Change(topics.destinations(), org + "/" + behind.getDestinationId(), behind));
        JsonNode route = send("POST", "/v1/organizations/" + org + "/routes/explain", "{\"type\": \"a\"}")
                .body()
                .at("/routes/0/candidates");
        assertThat(route.findValuesAsString("verdict")).containsExactly("passed over", "goes there");
        assertThat(route.at("/0/reason").asString()).isEqualTo("constraint_violated: " + id + "/encrypted_transport");
    }

    @Test
    void a_rule_comes_back_as_it_was_put() throws Exception {
        String a = put(destination("a"), HOOK).body().path("destinationId").asString();
        String b = put(destination("b"), HOOK).body().path("destinationId").asString();
        String c = put(destination("c"), HOOK).body().path("destinationId").asString();
        String rule = "/v1/organizations/" + org + "/rules/audit";
        String given = """
                {"name": "audit", "priority": 5, "active": false, "selection": "sticky", "stickyBy": "metadata.patient",
                 "primary": [{"destinationId": "%s", "weight": 3}], "secondary": [{"destinationId": "%s", "weight": 1}],
                 "fallback": [{"destinationId": "%s", "weight": 1}], "continues": true,
                 "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z",
                 "conditions": {"payloadTypes": ["audit.*"], "userRoles": ["nurse"], "tagsAny": ["x"], "tagsAll": ["y"],
                  "tagsNone": ["z"], "minBytes": 1, "maxBytes": 2, "metadata": {"k": "v"},
                  "windows": [{"days": ["MON"], "start": "22:00", "end": "24:00", "zone": "Europe/Vienna"}]}}""".formatted(a, b, c);
        JsonNode created = put(rule, given).body();
        JSON.readTree(given)
                .propertyStream()
                .forEach(field -> assertThat(created.path(field.getKey()))
                        .as(field.getKey())
                        .isEqualTo(field.getValue()));
        for (String used : List.of("a", "b", "c")) {
            assertThat(send("DELETE", destination(used), "").status()).as(used).isEqualTo(409);
        }
    }

    @Test
    void it_is_explained_where_a_request_would_go() throws Exception {
        put(destination("off"), "{\"provider\": \"hook\", \"enabled\": false, \"settings\": {\"url\": \"x\"}}");
        JsonNode open = put(destination("open"), HOOK).body();
        put(destination("crm"), HOOK);
        put(destination("disk"), HOOK);
        tellHealth(open, NOW.plusSeconds(60), null);
        String rules = "/v1/organizations/" + org + "/rules/";
        put(rules + "audit", """
                {"priority": 9, "selection": "failover", "primary": ["off", "open"], "secondary": ["crm"],
                 "fallback": ["disk"], "conditions": {"payloadTypes": ["audit.*"], "tagsNone": ["test"]}}""");
        put(rules + "rest", "{\"priority\": 1, \"primary\": [\"open\"]}");
        put(rules + "old", "{\"priority\": 2, \"primary\": [\"crm\"], \"validUntil\": \"2020-01-01T00:00:00Z\"}");
        String explain = "/v1/organizations/" + org + "/routes/explain";

        JsonNode audit = send("POST", explain, "{\"type\": \"audit.x\"}").body();
        assertThat(audit.path("outcome").asString()).isEqualTo("routed");
        assertThat(texts(audit.path("rules"), "ruleId", "matches", "decides", "inForce"))
                .containsExactly("audit true true true", "old false false false", "rest true false true");
        assertThat(texts(audit.path("routes").path(0).path("candidates"), "name", "tier", "verdict", "reason"))
                .containsExactly(
                        "off primary passed over disabled_destination",
                        "open primary passed over breaker_open",
                        "crm secondary goes there null",
                        "disk fallback next null");

        JsonNode test = send("POST", explain, "{\"type\": \"audit.x\", \"tags\": [\"test\"]}")
                .body();
        assertThat(test.path("rules").path(0).path("failedConditions").toString())
                .isEqualTo("[\"tagsNone\"]");
        assertThat(texts(test.path("routes").path(0).path("candidates"), "name", "verdict", "reason"))
                .containsExactly("open waits for it breaker_open");
        assertThat(test.path("routes").path(0).path("dueAt").asString()).isNotEmpty();

        JsonNode named = send("POST", explain, "{\"type\": \"t\", \"destinations\": [\"disk\", \"off\"]}")
                .body();
        assertThat(named.path("rules")).isEmpty();
        assertThat(texts(named.path("routes").path(1).path("candidates"), "name", "verdict", "reason"))
                .containsExactly("off given up disabled_destination");

        send("DELETE", rules + "rest", "");
        assertThat(send("POST", explain, "{\"type\": \"t\"}")
                        .body()
                        .path("outcome")
                        .asString())
                .isEqualTo("no_route");
        assertThat(send("POST", "/v1/organizations/nobody/routes/explain", "{\"type\": \"t\"}")
                        .body()
                        .path("outcome")
                        .asString())
                .isEqualTo("unknown_organization");
        assertThat(send("POST", explain, "{\"bytes\": 1001, \"deliveryId\": \"a b\", \"x\": 1}")
                        .fields())
                .containsExactlyInAnyOrder("type", "bytes", "deliveryId", "x");
    }

    private static List<String> texts(JsonNode list, String... fields) {
        return list.valueStream()
                .map(one -> Stream.of(fields)
                        .map(field -> one.path(field).isNull()
                                ? "null"
                                : one.path(field).asString())
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    @Test
    void faults_of_rules_are_listed() throws Exception {
        put(destination("crm"), HOOK);
        assertThat(put("/v1/organizations/" + org + "/rules/audit", """
                        {"priority": "high", "primary": ["ghost", {"destinationId": "spirit", "weight": 0, "x": 1}, 5,
                          {"destinationId": "crm", "weight": 0}],
                         "secondary": [{"weight": 2}], "fallback": {}, "selection": "best", "continues": "yes",
                         "validFrom": "today", "conditions": {"payloadTypes": ["a b"], "tagsAny": "a", "minBytes": 2,
                         "maxBytes": 1, "windows": [{"start": "9", "end": "10:00", "zone": "Mars"}, {"days": ["Mo"]}]}}""").fields())
                .containsExactlyInAnyOrder(
                        "priority",
                        "primary[0].destinationId",
                        "primary[1].destinationId",
                        "primary[1].weight",
                        "primary[1].x",
                        "primary[2]",
                        "primary[3].weight",
                        "secondary[0].destinationId",
                        "fallback",
                        "selection",
                        "continues",
                        "validFrom",
                        "conditions.payloadTypes[0]",
                        "conditions.tagsAny",
                        "conditions.maxBytes",
                        "conditions.windows[0].start",
                        "conditions.windows[0].zone",
                        "conditions.windows[1].days[0]",
                        "conditions.windows[1].start",
                        "conditions.windows[1].end");
        assertThat(put("/v1/organizations/" + org + "/rules/audit", "{}").fields())
                .containsExactly("primary");
    }

    @Test
    void a_delivery_is_accepted_or_waited_for() throws Exception {
        String path = "/v1/organizations/" + org + "/deliveries";
        String body = """
                {"deliveryId": "d1", "payload": {"type": "a.b", "contentType": "text/plain", "text": "hello"},
                 "destinations": ["crm"]}""";
        Answer accepted = send("POST", path, body);
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.body().path("requestOffset").asLong()).isEqualTo(42);
        assertThat(requests).singleElement().satisfies(request -> {
            assertThat(request.getPayload().getBody().remaining()).isEqualTo(5);
            assertThat(request.getDestinationIds()).containsExactly("crm");
        });
        assertThat(send("POST", path + "?wait=1", body).status()).isEqualTo(202);
        result = Optional.of(aResult());
        Answer waited = send("POST", path + "?wait=1", body);
        assertThat(waited.status()).isEqualTo(200);
        assertThat(waited.body().path("status").asString()).isEqualTo("DELIVERED");
    }

    @Test
    void faults_of_deliveries_are_listed() throws Exception {
        assertThat(send("POST", "/v1/organizations/" + org + "/deliveries", """
                        {"deliveryId": "a b", "payload": {"text": "longer than ten"}, "maxAttempts": 0}""").fields())
                .containsExactlyInAnyOrder("deliveryId", "payload.type", "payload.base64", "maxAttempts");
    }

    @Test
    void a_delivery_is_shown_to_its_organization_only() throws Exception {
        assertThat(get("/v1/deliveries/known?organization=acme")
                        .body()
                        .path("at")
                        .asString())
                .isEqualTo("2026-01-31T12:00:00Z");
        assertThat(get("/v1/deliveries/known?organization=other").status()).isEqualTo(404);
        assertThat(get("/v1/deliveries/known").status()).isEqualTo(400);
    }

    @Test
    void providers_describe_their_settings() throws Exception {
        JsonNode providers = get("/v1/providers").body().path("providers");
        assertThat(providers).hasSize(2);
        assertThat(providers.path(0).path("provider").asString()).isEqualTo("hook");
        assertThat(providers.path(0).path("settings").toString()).contains("\"secret\":true");
    }

    @Test
    void health_names_what_is_wrong() throws Exception {
        assertThat(get("/livez").status()).isEqualTo(200);
        Answer ready = get("/readyz");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.body().path("checks").path("router").asString()).isEqualTo("rebalancing");
    }

    @Test
    void errors_are_problem_documents() throws Exception {
        assertThat(get("/v2").type()).startsWith("application/problem+json");
        assertThat(get("/v2").status()).isEqualTo(404);
        assertThat(send("PATCH", destination("crm"), "{}").status()).isEqualTo(405);
        assertThat(put(destination("crm"), "{").status()).isEqualTo(400);
        assertThat(put(destination("crm"), "[]").status()).isEqualTo(400);
        assertThat(put("/v1/organizations/a%20b/destinations/crm", HOOK).status())
                .isEqualTo(400);
        assertThat(put(destination("crm"), " ".repeat(100_001)).status()).isEqualTo(413);
    }

    @Test
    void other_websites_cannot_make_a_browser_call() throws Exception {
        HttpRequest text = HttpRequest.newBuilder(URI.create(server.url() + destination("crm")))
                .header("Content-Type", "text/plain")
                .PUT(BodyPublishers.ofString(HOOK))
                .build();
        assertThat(http.send(text, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write("GET /v1/providers HTTP/1.0\r\nHost: evil.example\r\n\r\n".getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 403");
        }
    }

    private Destination racing(String id, String name, long version) {
        return Destination.newBuilder()
                .setDestinationId(id)
                .setOrganizationId(org)
                .setName(name)
                .setKind("webhook")
                .setProvider("hook")
                .setSettings(Map.of())
                .setVersion(version)
                .setUpdatedAt(NOW)
                .build();
    }

    private DeliveryResult aResult() {
        return DeliveryResult.newBuilder()
                .setDeliveryId("d1")
                .setOrganizationId(org)
                .setStatus("DELIVERED")
                .setPayloadType("a.b")
                .setPayloadSize(5)
                .setRequestTopic("t.requests")
                .setRequestPartition(2)
                .setRequestOffset(42)
                .setQueuedAt(NOW)
                .setCompletedAt(NOW)
                .build();
    }

    private String destination(String idOrName) {
        return "/v1/organizations/" + org + "/destinations/" + idOrName;
    }

    private Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    private Answer put(String path, String body) throws IOException, InterruptedException {
        return send("PUT", path, body);
    }

    private Answer send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
        request.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.headers().firstValue("ETag").orElse(""),
                response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body()));
    }

    private record Answer(int status, String type, String tag, JsonNode body) {
        List<String> fields() {
            return body.path("errors")
                    .valueStream()
                    .map(error -> error.path("field").asString())
                    .toList();
        }
    }

    /// Allows `${dir:/secrets/<organization>:key}`.
    private static final class OwnSecrets implements Secrets {
        @Override
        public String resolve(String organizationId, String reference) {
            return "resolved";
        }

        @Override
        public void check(String organizationId, String reference) {
            if (!reference.startsWith("${dir:/secrets/" + organizationId + ":")) {
                throw new SecretNotAllowedException("not of this organization");
            }
        }
    }
}
