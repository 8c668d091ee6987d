package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What makes an organization's rules what they shall be.
///
/// @param put     those that are new or other than they were
/// @param before  what is there of them, by id
/// @param deleted those that go
record RuleChanges(
        String organization,
        List<DefaultDestinationRule> put,
        Map<String, DefaultDestinationRule> before,
        List<DefaultDestinationRule> deleted) {

    /// Compares what is there with what shall be.
    static RuleChanges of(
            String organization, List<DefaultDestinationRule> before, List<DefaultDestinationRule> wanted) {
        Map<String, DefaultDestinationRule> there = new LinkedHashMap<>();
        before.forEach(rule -> there.put(rule.getRuleId(), rule));
        List<DefaultDestinationRule> put = new ArrayList<>();
        List<String> stay = new ArrayList<>();
        for (DefaultDestinationRule rule : wanted) {
            stay.add(rule.getRuleId());
            DefaultDestinationRule old = there.get(rule.getRuleId());
            if (old == null || !said(old).equals(said(rule))) {
                put.add(rule);
            }
        }
        List<DefaultDestinationRule> deleted =
                before.stream().filter(rule -> !stay.contains(rule.getRuleId())).toList();
        return new RuleChanges(organization, put, there, deleted);
    }

    List<String> deletedIds() {
        return deleted.stream().map(DefaultDestinationRule::getRuleId).toList();
    }

    /// Each change with its fields, before and after.
    ArrayNode json() {
        ArrayNode changes = Json.array();
        for (DefaultDestinationRule rule : put) {
            DefaultDestinationRule old = before.get(rule.getRuleId());
            change(changes, rule.getRuleId(), old == null ? "create" : "update", old, rule);
        }
        deleted.forEach(rule -> change(changes, rule.getRuleId(), "delete", null, null));
        return changes;
    }

    private static void change(
            ArrayNode changes,
            String ruleId,
            String what,
            @Nullable DefaultDestinationRule old,
            @Nullable DefaultDestinationRule wanted) {
        ObjectNode change = changes.addObject().put("ruleId", ruleId).put("change", what);
        if (wanted == null) {
            return;
        }
        ObjectNode before = old == null ? Json.object() : said(old);
        ObjectNode after = said(wanted);
        TreeSet<String> names = new TreeSet<>(before.propertyNames());
        names.addAll(after.propertyNames());
        ArrayNode fields = change.putArray("fields");
        for (String name : names) {
            JsonNode was = before.get(name);
            JsonNode is = after.get(name);
            if (!Objects.equals(was, is)) {
                ObjectNode field = fields.addObject().put("field", name);
                field.set("before", was);
                field.set("after", is);
            }
        }
    }

    /// What a rule says, without who said it and when, and without what goes without saying.
    private static ObjectNode said(DefaultDestinationRule rule) {
        ObjectNode json = AvroJson.object(rule);
        json.remove(List.of("organizationId", "ruleId", "version", "changedAt", "changedBy"));
        json.removeIf(value -> value.isEmpty() && value.isContainer());
        if (rule.getActive()) {
            json.remove("active");
        }
        if (!rule.getContinues()) {
            json.remove("continues");
        }
        return json;
    }
}
