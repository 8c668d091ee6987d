package dev.waybill.worker.imports;

import dev.waybill.topology.model.Rule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the worker has of an organization.
///
/// @param destinations by id
/// @param baseRule     the rule `defaults`; null if there is none
record Current(
        Map<String, ObjectNode> destinations, @Nullable ObjectNode baseRule) {

    /// Reads the answers of the worker.
    static Current of(JsonNode destinations, JsonNode rules) {
        Map<String, ObjectNode> byId = new LinkedHashMap<>();
        for (JsonNode one : destinations.path("destinations")) {
            if (one instanceof ObjectNode destination) {
                byId.put(destination.path("destinationId").asString(), destination);
            }
        }
        @Nullable ObjectNode base = null;
        for (JsonNode rule : rules.path("rules")) {
            if (rule instanceof ObjectNode object
                    && object.path("ruleId").asString().equals(Rule.BASE_ID)) {
                base = object;
            }
        }
        return new Current(byId, base);
    }

    /// The one of another id that has the name already.
    Optional<String> holderOf(String name, String id) {
        return destinations.entrySet().stream()
                .filter(one -> !one.getKey().equals(id))
                .filter(one -> one.getValue().path("name").asString().equals(name))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
