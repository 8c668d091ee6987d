package dev.waybill.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.registry.InvalidSchemaException;
import dev.waybill.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroCodecTest {

    private static final SerdeSettings IMPATIENT = SerdeSettings.defaults().withRegistryWait(Duration.ZERO);

    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    private final AvroCodec codec = new AvroCodec(registry, IMPATIENT);

    @Test
    void aRecordComesBackAsItWas() {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        assertThat(framed).startsWith(0, 0, 0, 0, 1);
        assertThat(codec.decode(framed, DeliveryRequest.class)).isEqualTo(Samples.request());
        assertThat(codec.encode(Samples.TOPIC, Samples.request())).isEqualTo(framed);
    }

    @Test
    void aGenericRecordIsReadAsTheGeneratedClassAndBack() {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        GenericRecord generic = codec.decodeGeneric(framed);
        assertThat(generic.get("deliveryId")).hasToString("d-1");
        assertThat(codec.decode(codec.encode(Samples.TOPIC, generic), DeliveryRequest.class))
                .isEqualTo(Samples.request());
    }

    @Test
    void theRegistrySeesTheSchemaAsItWasWritten() {
        codec.encode(Samples.TOPIC, Samples.request());
        Schema registered = registry.schemaById(1);
        assertThat(registered.toString()).doesNotContain("avro.java.string");
        assertThat(registered.getField("deliveryId").schema()).isEqualTo(Schema.create(Schema.Type.STRING));
        assertThat(registered.getField("deliveryId").doc()).isNotBlank();
    }

    @Test
    void aNewerWritersFieldIsSkippedAndAnOlderOnesGetsItsDefault() {
        Schema own = SubjectSchemas.withoutJavaTypes(DeliveryRequest.getClassSchema());
        Schema newer = with(own, new Schema.Field("priority", Schema.create(Schema.Type.INT), "Urgency.", 5));
        Schema older = without(own, "metadata");
        GenericRecord asOwn = codec.decodeGeneric(codec.encode(Samples.TOPIC, Samples.request()));

        var fromNewer = codec.decode(codec.encode("newer", copy(asOwn, newer)), DeliveryRequest.class);
        var fromOlder = codec.decode(codec.encode("older", copy(asOwn, older)), DeliveryRequest.class);

        assertThat(fromNewer).isEqualTo(Samples.request());
        assertThat(fromOlder.getMetadata()).isEmpty();
        assertThat(fromOlder.getPayload()).isEqualTo(Samples.request().getPayload());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5})
    void tooFewBytesArePoison(int length) {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        assertPoison(Arrays.copyOf(framed, length));
    }

    @Test
    void bytesOfAnotherKindArePoison() {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        assertPoison(Arrays.copyOf(framed, framed.length - 1));
        assertPoison(Arrays.copyOf(framed, framed.length + 1));
        assertPoison(withByte(framed, 0, (byte) 1));
        assertPoison(withByte(framed, 1, (byte) 0x80));
        assertPoison("{\"deliveryId\":\"d\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void anIdTheRegistryDeniesIsPoison() {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        assertPoison(withByte(framed, 4, (byte) 99));
    }

    @Test
    void aRecordOfAnotherSchemaIsPoison() {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        assertThatThrownBy(() -> codec.decode(framed, DeliveryResult.class)).isInstanceOf(PoisonRecordException.class);
        registry.register("text", Schema.create(Schema.Type.STRING));
        byte[] text = {0, 0, 0, 0, 2, 2, 'x'};
        assertPoison(text);
        assertThatThrownBy(() -> codec.decodeGeneric(text)).isInstanceOf(PoisonRecordException.class);
    }

    @Test
    void aRegistryThatIsAwayIsNotPoison() {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        var other = new AvroCodec(registry, IMPATIENT);
        registry.goDown();
        assertThatThrownBy(() -> other.decode(framed, DeliveryRequest.class))
                .isInstanceOf(RegistryUnavailableException.class);
        assertThat(codec.encode(Samples.TOPIC, Samples.request())).isEqualTo(framed);
    }

    @Test
    void decodingWaitsForTheRegistry() throws InterruptedException {
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        var patient = new AvroCodec(registry, SerdeSettings.defaults());
        registry.goDown();
        Thread repair = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(RegistryPatience.PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            registry.comeBack();
        });
        assertThat(patient.decode(framed, DeliveryRequest.class)).isEqualTo(Samples.request());
        repair.join();
    }

    @Test
    void withoutAutoRegisterOnlyARegisteredSchemaIsWritten() {
        var strict = new AvroCodec(registry, new SerdeSettings(false, false, false, Duration.ZERO));
        var latest = new AvroCodec(registry, new SerdeSettings(false, true, false, Duration.ZERO));
        for (AvroCodec refusing : List.of(strict, latest)) {
            assertThatThrownBy(() -> refusing.encode(Samples.TOPIC, Samples.request()))
                    .isInstanceOf(InvalidSchemaException.class)
                    .hasMessageContaining("delivery.requests-value");
        }
        codec.prepare(Samples.TOPIC, DeliveryRequest.getClassSchema());
        assertThat(strict.encode(Samples.TOPIC, Samples.request()))
                .isEqualTo(latest.encode(Samples.TOPIC, Samples.request()));
    }

    @Test
    void latestFallsBackToTheVersionOfItsOwnSchema() {
        Schema own = SubjectSchemas.withoutJavaTypes(DeliveryRequest.getClassSchema());
        codec.prepare(Samples.TOPIC, own);
        codec.prepare(Samples.TOPIC, with(own, new Schema.Field("later", Schema.create(Schema.Type.INT), "Later.", 1)));
        var latest = new AvroCodec(registry, new SerdeSettings(true, true, false, Duration.ZERO));
        assertThat(WireFormat.schemaId(latest.encode(Samples.TOPIC, Samples.request())))
                .isEqualTo(1);
    }

    @Test
    void aLargeRecordDoesNotKeepItsBuffer() {
        Schema schema = SchemaBuilder.record("Big").fields().requiredBytes("b").endRecord();
        byte[] large = new byte[3 * RecordEncoder.SPARE_MAX_BYTES];
        var record = new GenericRecordBuilder(schema)
                .set("b", java.nio.ByteBuffer.wrap(large))
                .build();
        byte[] framed = codec.encode("big", record);
        assertThat(framed).hasSize(WireFormat.HEADER_BYTES + 3 + large.length);
        assertThat(codec.decodeGeneric(framed)).isEqualTo(record);
        assertThat(codec.encode("big", record)).isEqualTo(framed);
    }

    private void assertPoison(byte[] bytes) {
        assertThatThrownBy(() -> codec.decode(bytes, DeliveryRequest.class)).isInstanceOf(PoisonRecordException.class);
    }

    private static byte[] withByte(byte[] bytes, int index, byte value) {
        byte[] changed = bytes.clone();
        changed[index] = value;
        return changed;
    }

    private static Schema with(Schema schema, Schema.Field field) {
        List<Schema.Field> fields = new java.util.ArrayList<>(copyFields(schema));
        fields.add(field);
        return Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }

    private static Schema without(Schema schema, String name) {
        var fields = copyFields(schema).stream()
                .filter(field -> !field.name().equals(name))
                .toList();
        return Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }

    private static List<Schema.Field> copyFields(Schema schema) {
        return schema.getFields().stream()
                .map(field -> new Schema.Field(field, field.schema()))
                .toList();
    }

    private static GenericRecord copy(GenericRecord from, Schema schema) {
        var builder = new GenericRecordBuilder(schema);
        for (Schema.Field field : schema.getFields()) {
            if (from.hasField(field.name())) {
                builder.set(field, GenericData.get().deepCopy(field.schema(), from.get(field.name())));
            }
        }
        return builder.build();
    }
}
