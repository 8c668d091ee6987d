package dev.waybill.worker.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What is to be done for one destination or rule, found by comparing what is wanted with what there is.
sealed interface Step {

    /// There is none yet.
    record Create(ObjectNode body) implements Step {}

    /// There is another one.
    ///
    /// @param version of what is there
    /// @param fields  names of those that differ
    record Replace(ObjectNode body, long version, List<String> fields) implements Step {}

    /// It is there as it is wanted.
    record Keep() implements Step {}

    /// Its name belongs to another one.
    record Taken(String holder) implements Step {}

    /// What to do for a destination. Whatever the other system does not say, such as the policy, stays as it is.
    static Step destination(Wanted.Destination wanted, Current current) {
        ObjectNode there = current.destinations().get(wanted.id());
        var holder = current.holderOf(wanted.name(), wanted.id());
        if (holder.isPresent()) {
            return new Taken(holder.get());
        }
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        said.put("name", wanted.name()).put("provider", wanted.provider()).put("enabled", wanted.isEnabled());
        said.set("settings", texts(wanted.settings()));
        if (wanted.region() != null) {
            said.put("region", wanted.region());
        }
        if (wanted.labels() != null) {
            said.set("labels", texts(wanted.labels()));
        }
        return step(there, said, List.of("kind"));
    }

    /// What to do for the base rule.
    ///
    /// @param targets ids, the primary one first; not empty
    static Step rule(List<String> targets, Current current) {
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        said.put("selection", "failover").put("active", true);
        said.set("primary", targets(targets.subList(0, 1)));
        said.set("secondary", targets(targets.subList(1, targets.size())));
        said.set("fallback", JsonNodeFactory.instance.arrayNode());
        if (current.baseRule() == null) {
            said.put("name", "Default destinations");
        }
        return step(current.baseRule(), said, List.of());
    }

    private static Step step(@Nullable ObjectNode there, ObjectNode said, List<String> dropped) {
        if (there == null) {
            return new Create(said);
        }
        List<String> differing = new ArrayList<>();
        said.forEachEntry((field, value) -> {
            if (!isSame(there.get(field), value)) {
                differing.add(field);
            }
        });
        ObjectNode body = there.deepCopy();
        body.remove(dropped);
        body.setAll(said);
        return differing.isEmpty()
                ? new Keep()
                : new Replace(body, there.path("version").asLong(), differing);
    }

    /// An empty list or object is the same as none.
    private static boolean isSame(@Nullable JsonNode there, JsonNode wanted) {
        if (there == null || there.isNull()) {
            return wanted.isContainer() && wanted.isEmpty();
        }
        return there.equals(wanted);
    }

    private static ObjectNode texts(Map<String, String> texts) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        texts.forEach(object::put);
        return object;
    }

    private static ArrayNode targets(List<String> ids) {
        ArrayNode targets = JsonNodeFactory.instance.arrayNode();
        ids.forEach(id -> targets.addObject().put("destinationId", id).put("weight", 1));
        return targets;
    }
}
