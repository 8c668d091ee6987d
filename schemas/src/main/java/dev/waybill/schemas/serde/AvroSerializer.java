package dev.waybill.schemas.serde;

import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Kafka serializer for generated and generic records, configured by Confluent's property names, so that
/// theirs can be put in its place by changing the class name.
public final class AvroSerializer<T extends IndexedRecord> implements Serializer<T> {

    private @Nullable AvroCodec codec;
    private String suffix = "-value";

    /// For Kafka, which calls [#configure] next.
    public AvroSerializer() {}

    /// With a codec made elsewhere; it needs no configuring.
    public AvroSerializer(AvroCodec codec) {
        this.codec = codec;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        suffix = isKey ? "-key" : "-value";
        if (codec == null) {
            codec = AvroCodec.of(configs);
        }
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T data) {
        if (data == null) {
            return null;
        }
        if (codec == null) {
            throw new IllegalStateException("AvroSerializer is used before it was configured");
        }
        return codec.encodeFor(topic + suffix, data);
    }

    @Override
    public void close() {
        if (codec != null) {
            codec.close();
        }
    }
}
