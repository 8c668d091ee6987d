package dev.waybill.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.registry.ScriptedRegistry.Answer;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSchemaRegistryClientTest {

    private static final Schema SCHEMA =
            SchemaBuilder.record("A").fields().requiredString("x").endRecord();
    private static final String SCHEMA_JSON = "{\"schema\":\"{\\\"type\\\":\\\"string\\\"}\"}";

    @Test
    void registersUnderAnEscapedSubject() throws IOException {
        try (var registry = new ScriptedRegistry(new Answer(200, "{\"id\":7}"));
                var client = client(registry)) {
            assertThat(client.register("a/b c-value", SCHEMA)).isEqualTo(7);
            assertThat(registry.asked()).singleElement().satisfies(asked -> {
                assertThat(asked.method()).isEqualTo("POST");
                assertThat(asked.path()).isEqualTo("/subjects/a%2Fb%20c-value/versions");
                assertThat(asked.body()).startsWith("{\"schema\":\"{\\\"type\\\":\\\"record\\\"");
            });
        }
    }

    @Test
    void readsTheLatestVersion() throws IOException {
        String latest = "{\"subject\":\"s\",\"id\":3,\"version\":2,\"schema\":\"\\\"string\\\"\"}";
        try (var registry = new ScriptedRegistry(new Answer(200, latest));
                var client = client(registry)) {
            assertThat(client.latest("s")).contains(new RegisteredSchema(3, 2, Schema.create(Schema.Type.STRING)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40401, 40402, 40403})
    void anAbsentSubjectOrSchemaIsEmpty(int code) throws IOException {
        try (var registry = new ScriptedRegistry(new Answer(404, "{\"error_code\":" + code + "}"));
                var client = client(registry)) {
            assertThat(client.latest("s")).isEmpty();
            assertThat(client.lookUp("s", SCHEMA)).isEmpty();
        }
    }

    @Test
    void onlyTheRegistrysOwnNotFoundDeniesAnId() throws IOException {
        String denied = "{\"error_code\":40403,\"message\":\"Schema 9 not found\"}";
        try (var registry =
                        new ScriptedRegistry(new Answer(404, denied), new Answer(404, "<html>no such page</html>"));
                var client = client(registry)) {
            assertThatThrownBy(() -> client.schemaById(9))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessageContaining("Schema 9 not found");
            assertThatThrownBy(() -> client.schemaById(9)).isInstanceOf(RegistryUnavailableException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schema\":\"message X {}\",\"schemaType\":\"PROTOBUF\"}",
                "{\"schema\":\"{\\\"type\\\":\\\"nonsense\\\"}\"}"
            })
    void aSchemaThatIsNotAvroCannotBeRead(String body) throws IOException {
        try (var registry = new ScriptedRegistry(new Answer(200, body));
                var client = client(registry)) {
            assertThatThrownBy(() -> client.schemaById(1)).isInstanceOf(UnknownSchemaException.class);
        }
    }

    @Test
    void incompatibleNamesTheSubjectAndWhatToDo() throws IOException {
        String refusal = "{\"error_code\":409,\"message\":\"field y has no default\"}";
        try (var registry = new ScriptedRegistry(new Answer(409, refusal));
                var client = client(registry)) {
            assertThatThrownBy(() -> client.register("delivery.requests-value", SCHEMA))
                    .isInstanceOf(IncompatibleSchemaException.class)
                    .hasMessageContaining("delivery.requests-value")
                    .hasMessageContaining("field y has no default")
                    .hasMessageContaining("PUT /config/delivery.requests-value");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void asksAgainUntilItGetsAnAnswer(int failure) throws IOException {
        try (var registry = new ScriptedRegistry(
                        new Answer(failure, ""), new Answer(failure, ""), new Answer(200, SCHEMA_JSON));
                var client = client(registry)) {
            assertThat(client.schemaById(1)).isEqualTo(Schema.create(Schema.Type.STRING));
            assertThat(registry.asked()).hasSize(3);
        }
    }

    @Test
    void givesUpAfterBoundedRounds() throws IOException {
        try (var registry = new ScriptedRegistry(new Answer(500, ""));
                var client = client(registry)) {
            assertThatThrownBy(() -> client.schemaById(1))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("schema.registry.url")
                    .hasMessageContaining("500");
            assertThat(registry.asked()).hasSize(RegistryTransport.ROUNDS);
        }
    }

    @Test
    void goesToTheNextUrlWhenOneIsDead() throws IOException {
        String dead;
        try (var gone = new ScriptedRegistry()) {
            dead = gone.url();
        }
        try (var registry = new ScriptedRegistry(new Answer(200, SCHEMA_JSON));
                var client = new HttpSchemaRegistryClient(RegistrySettings.of(dead + ", " + registry.url() + "/"))) {
            assertThat(client.schemaById(1)).isEqualTo(Schema.create(Schema.Type.STRING));
            assertThat(registry.asked()).hasSize(1);
        }
        try (var client = new HttpSchemaRegistryClient(RegistrySettings.of(dead))) {
            assertThatThrownBy(() -> client.schemaById(1))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining(dead);
        }
    }

    @Test
    void sendsTheLoginAndSaysWhichSettingIsRefused() throws IOException {
        try (var registry = new ScriptedRegistry(new Answer(200, SCHEMA_JSON), new Answer(401, ""));
                var client = new HttpSchemaRegistryClient(RegistrySettings.from(Map.of(
                        "schema.registry.url", registry.url(),
                        "basic.auth.credentials.source", "USER_INFO",
                        "basic.auth.user.info", "ann:secret")))) {
            client.schemaById(1);
            assertThat(registry.asked().getFirst().authorization()).isEqualTo("Basic YW5uOnNlY3JldA==");
            assertThatThrownBy(() -> client.schemaById(2))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("basic.auth.user.info")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void anAnswerWithoutEndIsCut() throws IOException {
        String endless = "x".repeat((int) RegistryTransport.RESPONSE_MAX_BYTES + 1);
        try (var registry = new ScriptedRegistry(new Answer(200, endless));
                var client = client(registry)) {
            assertThatThrownBy(() -> client.schemaById(1)).isInstanceOf(RegistryUnavailableException.class);
        }
    }

    private static HttpSchemaRegistryClient client(ScriptedRegistry registry) {
        return new HttpSchemaRegistryClient(RegistrySettings.of(registry.url()));
    }
}
