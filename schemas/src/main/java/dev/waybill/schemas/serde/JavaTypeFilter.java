package dev.waybill.schemas.serde;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes the property `avro.java.string` out of a schema's JSON, and writes `{"type":"string"}` plainly again.
final class JavaTypeFilter {

    private static final JsonMapper JSON = new JsonMapper();

    private JavaTypeFilter() {}

    static Schema strip(String json) {
        return new Schema.Parser().parse(filter(JSON.readTree(json)).toString());
    }

    private static JsonNode filter(JsonNode node) {
        switch (node) {
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, filter(array.get(i)));
                }
            }
            case ObjectNode object -> {
                boolean marked = object.remove(GenericData.STRING_PROP) != null;
                if (marked && object.size() == 1) {
                    return object.path("type");
                }
                object.properties().forEach(property -> property.setValue(filter(property.getValue())));
            }
            default -> {}
        }
        return node;
    }
}
