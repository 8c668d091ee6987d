package dev.waybill.worker.ops;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Records as JSON with the same field names; fields without a value are left out, times are ISO 8601.
final class AvroJson {

    private AvroJson() {}

    static ObjectNode object(IndexedRecord record) {
        ObjectNode object = Json.object();
        for (Schema.Field field : record.getSchema().getFields()) {
            JsonNode value = value(record.get(field.pos()));
            if (value != null) {
                object.set(field.name(), value);
            }
        }
        return object;
    }

    private static @Nullable JsonNode value(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case IndexedRecord record -> object(record);
            case Collection<?> many -> array(many);
            case Map<?, ?> map -> object(map);
            case ByteBuffer bytes -> Json.tree(base64(bytes));
            case Instant time -> Json.tree(time.toString());
            case Number number -> Json.tree(number);
            case Boolean flag -> Json.tree(flag);
            default -> Json.tree(value.toString());
        };
    }

    private static ArrayNode array(Collection<?> many) {
        ArrayNode array = Json.array();
        many.forEach(element -> array.add(value(element)));
        return array;
    }

    private static ObjectNode object(Map<?, ?> map) {
        ObjectNode object = Json.object();
        map.forEach((key, element) -> object.set(key.toString(), value(element)));
        return object;
    }

    private static String base64(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return Base64.getEncoder().encodeToString(copy);
    }
}
