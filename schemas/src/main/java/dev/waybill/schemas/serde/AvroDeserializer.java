package dev.waybill.schemas.serde;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Kafka deserializer, configured by Confluent's property names: generic records as their writer saw them or, with
/// `specific.avro.reader=true`, the generated class of the writer's name.
public final class AvroDeserializer<T extends IndexedRecord> implements Deserializer<T> {

    private @Nullable AvroCodec codec;
    private boolean specific;

    /// For Kafka, which calls [#configure] next.
    public AvroDeserializer() {}

    /// With a codec made elsewhere; it needs no configuring.
    public AvroDeserializer(AvroCodec codec, boolean specific) {
        this.codec = codec;
        this.specific = specific;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        if (codec == null) {
            specific = SerdeSettings.from(configs).specificReader();
            codec = AvroCodec.of(configs);
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the consumer's type parameter is a promise of whoever configured it
    public @Nullable T deserialize(String topic, byte @Nullable [] data) {
        if (data == null) {
            return null;
        }
        if (codec == null) {
            throw new IllegalStateException("AvroDeserializer is used before it was configured");
        }
        return (T) (specific ? codec.decode(data, classOf(codec.writerSchema(data))) : codec.decodeGeneric(data));
    }

    private static Class<? extends SpecificRecord> classOf(Schema writer) {
        Class<?> type = SpecificData.get().getClass(writer);
        if (type == null || !SpecificRecord.class.isAssignableFrom(type)) {
            throw new PoisonRecordException("There is no generated class of the name " + writer.getFullName(), null);
        }
        return type.asSubclass(SpecificRecord.class);
    }

    @Override
    public void close() {
        if (codec != null) {
            codec.close();
        }
    }
}
