package dev.waybill.local.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.embedded.EmbeddedBroker;
import dev.waybill.local.fixture.Backends;
import dev.waybill.schemas.registry.HttpSchemaRegistryClient;
import dev.waybill.schemas.registry.RegistrySettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Confluent's registry answers, step by step.
class EmbeddedRegistryTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String A = "{\"name\":\"a\",\"type\":\"string\"}";
    private static final String OPTIONAL_B = "{\"name\":\"b\",\"type\":\"int\",\"default\":0}";
    private static final String REQUIRED_C = "{\"name\":\"c\",\"type\":\"int\"}";

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;
    private static EmbeddedRegistry registry;
    private static HttpClient http;

    /// On a broker of its own: two registries that write one topic give the same id to different schemas.
    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(directory, 0);
        registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        registry.close();
        broker.close();
        http.close();
    }

    @Test
    void followsASubjectsLife() throws Exception {
        String subject = Backends.unique("life");
        String versions = "/subjects/" + subject + "/versions";
        String config = "/config/" + subject;
        String first = record(subject, A);
        String compatible = record(subject, A + "," + OPTIONAL_B);
        String incompatible = record(subject, A + "," + REQUIRED_C);

        expect(
                call("GET", versions, null),
                404,
                "{\"error_code\":40401,\"message\":\"Subject '" + subject + "' not found.\"}");
        int id = call("POST", versions, schema(first)).body().path("id").asInt();
        expect(call("POST", versions, schema(first)), 200, "{\"id\":" + id + "}");
        expect(call("GET", versions, null), 200, "[1]");
        expect(
                call("GET", "/schemas/ids/" + id + "/versions", null),
                200,
                "[{\"subject\":\"" + subject + "\",\"version\":1}]");
        assertThat(call("GET", "/schemas/ids/" + id, null).body().path("schema").asString())
                .isEqualTo(first);
        expect(call("GET", versions + "/1/schema", null), 200, first);

        assertThat(call("POST", versions, schema(incompatible))
                        .body()
                        .path("error_code")
                        .asInt())
                .isEqualTo(409);
        expect(
                call("POST", "/compatibility" + versions + "/latest", schema(incompatible)),
                200,
                "{\"is_compatible\":false}");
        expect(
                call("POST", "/compatibility" + versions + "/latest", schema(compatible)),
                200,
                "{\"is_compatible\":true}");

        assertThat(call("GET", config, null).body().path("error_code").asInt()).isEqualTo(40408);
        expect(call("GET", config + "?defaultToGlobal=true", null), 200, "{\"compatibilityLevel\":\"BACKWARD\"}");
        expect(call("PUT", config, "{\"compatibility\":\"NONE\"}"), 200, "{\"compatibility\":\"NONE\"}");
        int other =
                call("POST", versions, schema(incompatible)).body().path("id").asInt();
        assertThat(other).isGreaterThan(id);
        expect(call("GET", versions, null), 200, "[1,2]");
        assertThat(call("GET", versions + "/latest", null)
                        .body()
                        .path("version")
                        .asInt())
                .isEqualTo(2);

        expect(call("DELETE", versions + "/2", null), 200, "2");
        expect(call("GET", versions, null), 200, "[1]");
        expect(call("GET", versions + "?deleted=true", null), 200, "[1,2]");
        assertThat(call("POST", "/subjects/" + subject, schema(incompatible))
                        .body()
                        .path("error_code")
                        .asInt())
                .isEqualTo(40403);
        assertThat(call("GET", "/schemas/ids/" + other, null).status()).isEqualTo(200);
        assertThat(call("DELETE", versions + "/2", null)
                        .body()
                        .path("error_code")
                        .asInt())
                .isEqualTo(40406);
        expect(call("POST", versions, schema(incompatible)), 200, "{\"id\":" + other + "}");
        expect(call("GET", versions, null), 200, "[1,3]");

        assertThat(call("DELETE", "/subjects/" + subject + "?permanent=true", null)
                        .body()
                        .path("error_code")
                        .asInt())
                .isEqualTo(40405);
        expect(call("DELETE", "/subjects/" + subject, null), 200, "[1,3]");
        assertThat(call("GET", "/subjects", null).body().toString()).doesNotContain(subject);
        assertThat(call("DELETE", "/subjects/" + subject, null)
                        .body()
                        .path("error_code")
                        .asInt())
                .isEqualTo(40404);
        expect(call("DELETE", "/subjects/" + subject + "?permanent=true", null), 200, "[1,2,3]");
        assertThat(call("GET", "/schemas/ids/" + other, null)
                        .body()
                        .path("error_code")
                        .asInt())
                .isEqualTo(40403);
    }

    @Test
    void refusesWhatItCannotUnderstand() throws Exception {
        String versions = "/subjects/" + Backends.unique("bad") + "/versions";
        assertCode(call("POST", versions, "{\"schema\":\"{}\"}"), 422, 42201);
        assertCode(call("POST", versions, "{\"schema\":\"x\",\"schemaType\":\"PROTOBUF\"}"), 422, 42201);
        assertCode(call("POST", versions, "nonsense"), 422, 422);
        assertCode(call("PUT", "/config", "{\"compatibility\":\"SOMETIMES\"}"), 422, 42203);
        call("POST", versions, schema(record("R", A)));
        assertCode(call("GET", versions + "/0", null), 422, 42202);
        assertCode(call("GET", versions + "/9", null), 404, 40402);
        assertCode(call("GET", "/nowhere", null), 404, 404);
        assertCode(call("PUT", versions, "{}"), 405, 405);
        assertCode(call("POST", versions, "x".repeat(RegistryCall.BODY_MAX_BYTES + 1)), 413, 413);
    }

    @Test
    void everythingIsThereAfterARestart() throws Exception {
        String subject = Backends.unique("kept");
        String versions = "/subjects/" + subject + "/versions";
        int id =
                call("POST", versions, schema(record("R", A))).body().path("id").asInt();
        call("PUT", "/config/" + subject, "{\"compatibility\":\"FULL_TRANSITIVE\"}");
        registry.stop();
        registry.start();
        expect(call("POST", versions, schema(record("R", A))), 200, "{\"id\":" + id + "}");
        expect(call("GET", "/config/" + subject, null), 200, "{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}");
    }

    @Test
    void ourOwnClientGetsOn() {
        Schema schema = SchemaBuilder.record("Own")
                .doc("Kept.")
                .fields()
                .requiredInt("x")
                .endRecord();
        String subject = Backends.unique("own/with slash") + "-value";
        try (var client = new HttpSchemaRegistryClient(RegistrySettings.of(registry.url()))) {
            assertThat(client.latest(subject)).isEmpty();
            assertThat(client.lookUp(subject, schema)).isEmpty();
            int id = client.register(subject, schema);
            assertThat(client.lookUp(subject, schema)).contains(id);
            assertThat(client.schemaById(id)).isEqualTo(schema);
            assertThat(client.schemaById(id).getDoc()).isEqualTo("Kept.");
            assertThat(client.latest(subject).orElseThrow().id()).isEqualTo(id);
        }
    }

    private record Answer(int status, JsonNode body) {}

    private static void expect(Answer answer, int status, String json) {
        assertThat(answer).isEqualTo(new Answer(status, JSON.readTree(json)));
    }

    private static void assertCode(Answer answer, int status, int code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().path("error_code").asInt()).isEqualTo(code);
    }

    private static Answer call(String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(
                HttpRequest.newBuilder(URI.create(registry.url() + path))
                        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }

    private static String schema(String json) {
        return JSON.createObjectNode().put("schema", json).toString();
    }

    private static String record(String name, String fields) {
        return "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[" + fields + "]}";
    }
}
