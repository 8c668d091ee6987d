package dev.waybill.worker.ops;

import dev.waybill.avro.RuleConstraint;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.avro.TemplateRule;
import dev.waybill.avro.TemplateSlot;
import dev.waybill.topology.codec.TemplateMapping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Reads templates from requests and files. What the values must be is [TemplateMapping]'s to say, as for templates
/// from
/// the topic.
final class TemplateJson {

    private static final Set<String> FIELDS = Set.of(
            "templateId",
            "name",
            "description",
            "category",
            "slots",
            "constraints",
            "rules",
            "version",
            "changedAt",
            "changedBy",
            "builtIn");

    private static final Set<String> SLOT = Set.of("name", "description", "required");
    private static final Set<String> CONSTRAINT = Set.of("constraint", "values");
    private static final Set<String> RULE = Set.of(
            "ruleId",
            "name",
            "priority",
            "conditions",
            "selection",
            "stickyBy",
            "continues",
            "primarySlots",
            "secondarySlots",
            "fallbackSlots",
            "weights");

    /// Nothing longer is read; the bounds that count are narrower.
    private static final int LIST_MAX = 1_000;

    private static final int TEXT_MAX = 4_000;

    private TemplateJson() {}

    /// The template that a document describes.
    ///
    /// @param version where the document has none that counts
    /// @throws ProblemException naming every fault
    static RuleTemplate read(ObjectNode body, String templateId, long version) {
        Fields fields = Fields.of(body, FIELDS);
        String category = fields.text("category", TEXT_MAX);
        RuleTemplate template = RuleTemplate.newBuilder()
                .setTemplateId(templateId)
                .setName(fields.has("name") ? fields.requiredText("name", TEXT_MAX) : templateId)
                .setDescription(orEmpty(fields.text("description", TEXT_MAX)))
                .setCategory(category == null ? "organization" : category)
                .setSlots(slots(fields))
                .setConstraints(constraints(fields))
                .setRules(rules(fields))
                .setVersion(version)
                .setChangedAt(Instant.EPOCH)
                .build();
        List<Fault> misread = List.copyOf(fields.faults());
        TemplateMapping.faults(template).stream()
                .filter(fault -> misread.stream().noneMatch(known -> RuleJson.isWithin(fault.path(), known.field())))
                .forEach(fault -> fields.fault(fault.path(), fault.fault()));
        fields.throwIfFaulty();
        return template;
    }

    private static List<TemplateSlot> slots(Fields fields) {
        List<TemplateSlot> slots = new ArrayList<>();
        for (Fields slot : fields.objects("slots", LIST_MAX, SLOT, "name")) {
            slots.add(
                    slot == null
                            ? new TemplateSlot("", "", true)
                            : new TemplateSlot(
                                    slot.requiredText("name", TEXT_MAX),
                                    orEmpty(slot.text("description", TEXT_MAX)),
                                    slot.flag("required", true)));
        }
        return slots;
    }

    private static List<RuleConstraint> constraints(Fields fields) {
        List<RuleConstraint> constraints = new ArrayList<>();
        for (Fields constraint : fields.objects("constraints", LIST_MAX, CONSTRAINT, "constraint")) {
            constraints.add(
                    constraint == null
                            ? new RuleConstraint("", List.of())
                            : new RuleConstraint(
                                    constraint.requiredText("constraint", TEXT_MAX),
                                    constraint.texts("values", LIST_MAX)));
        }
        return constraints;
    }

    private static List<TemplateRule> rules(Fields fields) {
        List<TemplateRule> rules = new ArrayList<>();
        for (Fields rule : fields.objects("rules", LIST_MAX, RULE, null)) {
            rules.add(rule(rule == null ? Fields.of(Json.object(), RULE) : rule));
        }
        return rules;
    }

    private static TemplateRule rule(Fields rule) {
        Integer priority = rule.integer("priority", -1_000_000, 1_000_000);
        String selection = rule.text("selection", TEXT_MAX);
        String ruleId = rule.requiredText("ruleId", TEXT_MAX);
        return TemplateRule.newBuilder()
                .setRuleId(ruleId)
                .setName(rule.has("name") ? rule.requiredText("name", TEXT_MAX) : ruleId)
                .setPriority(priority == null ? 0 : priority)
                .setConditions(RuleJson.conditions(rule.object("conditions", RuleJson.CONDITIONS)))
                .setSelection(selection == null ? "all" : selection)
                .setStickyBy(rule.text("stickyBy", TEXT_MAX))
                .setContinues(rule.flag("continues", false))
                .setPrimarySlots(rule.texts("primarySlots", LIST_MAX))
                .setSecondarySlots(rule.texts("secondarySlots", LIST_MAX))
                .setFallbackSlots(rule.texts("fallbackSlots", LIST_MAX))
                .setWeights(weights(rule))
                .build();
    }

    private static Map<String, Integer> weights(Fields rule) {
        Map<String, Integer> weights = new HashMap<>();
        rule.map("weights").forEach((slot, weight) -> {
            if (weight.matches("[1-9][0-9]{0,6}")) {
                weights.put(slot, Integer.valueOf(weight));
            } else {
                rule.fault("weights." + slot, "expected a whole number, 1 or more");
            }
        });
        return weights;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
