package dev.waybill.schemas.serde;

import dev.waybill.schemas.registry.CachingSchemaRegistryClient;
import dev.waybill.schemas.registry.HttpSchemaRegistryClient;
import dev.waybill.schemas.registry.RegistrySettings;
import dev.waybill.schemas.registry.SchemaRegistryClient;
import dev.waybill.schemas.registry.UnknownSchemaException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/// Records to framed bytes and back, with one registry lookup per schema. Safe for many threads.
///
/// Decoding tells apart what will never work ([PoisonRecordException]) from a registry that is away: then
/// it waits for `schema.registry.wait.ms` and throws
/// [RegistryUnavailableException][dev.waybill.schemas.registry.RegistryUnavailableException].
public final class AvroCodec implements AutoCloseable {

    /// Per direction. Waybill has about twenty schemas; the bound only matters when a producer registers
    /// one per record. A full cache starts anew.
    static final int MAX_CACHED = 1_000;

    static {
        GeneratedClasses.trust();
    }

    private record Target(String subject, Schema schema) {}

    private record Source(int schemaId, Class<?> type) {}

    private final SchemaRegistryClient registry;
    private final SubjectSchemas subjects;
    private final RegistryPatience patience;
    private final Map<Target, RecordEncoder> encoders = new ConcurrentHashMap<>();
    private final Map<Source, RecordDecoder<?>> decoders = new ConcurrentHashMap<>();

    public AvroCodec(SchemaRegistryClient registry, SerdeSettings settings) {
        this.registry = registry;
        this.subjects = new SubjectSchemas(registry, settings);
        this.patience = new RegistryPatience(settings.registryWait());
    }

    /// A codec that owns its registry client.
    ///
    /// @param config Confluent's properties, see [RegistrySettings] and [SerdeSettings]
    public static AvroCodec of(Map<String, ?> config) {
        var http = new HttpSchemaRegistryClient(RegistrySettings.from(config));
        return new AvroCodec(new CachingSchemaRegistryClient(http, InstantSource.system()), SerdeSettings.from(config));
    }

    /// The subject of a topic's values.
    public static String subject(String topic) {
        return topic + "-value";
    }

    /// Asks for the id under which the topic's values of this schema are written (and registers it where
    /// that is allowed), so that a refusal shows at the start instead of at the first record.
    public void prepare(String topic, Schema schema) {
        patience.ask(() -> subjects.idFor(subject(topic), schema));
    }

    public byte[] encode(String topic, IndexedRecord record) {
        return encodeFor(subject(topic), record);
    }

    byte[] encodeFor(String subject, IndexedRecord record) {
        var target = new Target(subject, record.getSchema());
        RecordEncoder known = encoders.get(target);
        return (known != null ? known : encoderFor(target, record)).encode(record);
    }

    private RecordEncoder encoderFor(Target target, IndexedRecord record) {
        int id = patience.ask(() -> subjects.idFor(target.subject(), target.schema()));
        return remember(encoders, target, RecordEncoder.of(id, record));
    }

    /// As the generated class sees it, whatever compatible version wrote it.
    ///
    /// @throws PoisonRecordException when the bytes can never be read as this type
    public <T extends SpecificRecord> T decode(byte[] framed, Class<T> type) {
        return decode(framed, type, writer -> {
            SpecificData model = SpecificData.getForClass(type);
            return new RecordDecoder<>(writer, model.getSchema(type), model);
        });
    }

    /// As its writer saw it.
    ///
    /// @throws PoisonRecordException when the bytes can never be read
    public GenericRecord decodeGeneric(byte[] framed) {
        return decode(
                framed,
                GenericRecord.class,
                writer -> new RecordDecoder<>(requireRecord(writer), writer, GenericData.get()));
    }

    /// The schema that wrote the bytes.
    Schema writerSchema(byte[] framed) {
        int id = WireFormat.schemaId(framed);
        try {
            return patience.ask(() -> registry.schemaById(id));
        } catch (UnknownSchemaException e) {
            throw new PoisonRecordException("Not readable: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("unchecked") // a source's type is its decoder's
    private <T> T decode(byte[] framed, Class<T> type, Function<Schema, RecordDecoder<T>> make) {
        var source = new Source(WireFormat.schemaId(framed), type);
        RecordDecoder<T> known = (RecordDecoder<T>) decoders.get(source);
        if (known == null) {
            known = make.apply(writerSchema(framed));
            remember(decoders, source, known);
        }
        return known.decode(framed);
    }

    private static Schema requireRecord(Schema schema) {
        if (schema.getType() != Schema.Type.RECORD) {
            throw new PoisonRecordException("The bytes are a " + schema.getType() + ", not a record", null);
        }
        return schema;
    }

    private static <K, V> V remember(Map<K, V> cache, K key, V value) {
        if (cache.size() >= MAX_CACHED) {
            cache.clear();
        }
        cache.put(key, value);
        return value;
    }

    @Override
    public void close() {
        registry.close();
    }
}
