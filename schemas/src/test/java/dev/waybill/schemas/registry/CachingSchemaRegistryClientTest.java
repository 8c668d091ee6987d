package dev.waybill.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class CachingSchemaRegistryClientTest {

    private static final Schema SCHEMA =
            SchemaBuilder.record("A").fields().requiredString("x").endRecord();

    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    private Instant now = Instant.EPOCH;
    private final CachingSchemaRegistryClient client = new CachingSchemaRegistryClient(registry, () -> now);

    @Test
    void answersFromMemoryWhileTheRegistryIsAway() {
        int id = client.register("s", SCHEMA);
        client.schemaById(id);
        client.lookUp("s", SCHEMA);
        registry.goDown();
        assertThat(client.register("s", SCHEMA)).isEqualTo(id);
        assertThat(client.schemaById(id)).isEqualTo(SCHEMA);
        assertThat(client.lookUp("s", SCHEMA)).contains(id);
        assertThatThrownBy(() -> client.register("t", SCHEMA)).isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void aDeniedIdStaysDeniedForAShortWhile() {
        assertThatThrownBy(() -> client.schemaById(1)).isInstanceOf(UnknownSchemaException.class);
        registry.register("s", SCHEMA);
        now = now.plus(CachingSchemaRegistryClient.DENIAL_KEPT).minusMillis(1);
        assertThatThrownBy(() -> client.schemaById(1)).isInstanceOf(UnknownSchemaException.class);
        now = now.plusMillis(1);
        assertThat(client.schemaById(1)).isEqualTo(SCHEMA);
    }

    @Test
    void anUnreachableRegistryIsNotRemembered() {
        registry.register("s", SCHEMA);
        registry.goDown();
        assertThatThrownBy(() -> client.schemaById(1)).isInstanceOf(RegistryUnavailableException.class);
        registry.comeBack();
        assertThat(client.schemaById(1)).isEqualTo(SCHEMA);
    }
}
