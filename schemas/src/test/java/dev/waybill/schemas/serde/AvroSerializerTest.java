package dev.waybill.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.schemas.registry.ScriptedRegistry;
import dev.waybill.schemas.registry.ScriptedRegistry.Answer;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class AvroSerializerTest {

    @Test
    void kafkaConfiguresBothByConfluentsNames() throws IOException {
        String schema = JsonNodeFactory.instance
                .objectNode()
                .put("schema", DeliveryRequest.getClassSchema().toString())
                .toString();
        try (var registry = new ScriptedRegistry(new Answer(200, "{\"id\":258}"), new Answer(200, schema));
                var serializer = new AvroSerializer<DeliveryRequest>();
                var specific = new AvroDeserializer<DeliveryRequest>();
                var generic = new AvroDeserializer<GenericRecord>()) {
            serializer.configure(Map.of("schema.registry.url", registry.url(), "bearer.auth.token", "t"), false);
            specific.configure(Map.of("schema.registry.url", registry.url(), "specific.avro.reader", "true"), false);
            generic.configure(Map.of("schema.registry.url", registry.url()), false);

            byte[] framed = serializer.serialize("requests", Samples.request());
            assertThat(framed).startsWith(0, 0, 0, 1, 2);
            assertThat(specific.deserialize("requests", framed)).isEqualTo(Samples.request());
            assertThat(generic.deserialize("requests", framed))
                    .isNotNull()
                    .satisfies(
                            record -> assertThat(record.get("organizationId")).hasToString("acme"));
            assertThat(registry.asked().getFirst().path()).isEqualTo("/subjects/requests-value/versions");
            assertThat(registry.asked().getFirst().authorization()).isEqualTo("Bearer t");
            assertThat(serializer.serialize("requests", null)).isNull();
            assertThat(specific.deserialize("requests", null)).isNull();
        }
    }

    @Test
    void aWrongFlagNamesItsSetting() {
        assertThatThrownBy(() -> SerdeSettings.from(Map.of("auto.register.schemas", "yes")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("auto.register.schemas");
    }
}
