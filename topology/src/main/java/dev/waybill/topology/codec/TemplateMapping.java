package dev.waybill.topology.codec;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleOrigin;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.avro.TemplateRule;
import dev.waybill.avro.TemplateSlot;
import dev.waybill.schemas.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Says what is wrong with a template, and makes an organization's rules from it.
public final class TemplateMapping {

    /// Whom a template is for.
    public static final List<String> CATEGORIES = List.of("organization", "industry", "compliance");

    static final int RULES_MAX = 50;
    static final int SLOTS_MAX = 50;
    private static final int DESCRIPTION_MAX = 2_000;

    /// No organization has it, and none is asked for.
    private static final String SOME_ORGANIZATION = "organization";

    private final RuleTemplate template;
    private final List<FieldFault> faults = new ArrayList<>();

    private TemplateMapping(RuleTemplate template) {
        this.template = template;
    }

    /// What is wrong with a template; nothing if rules can be made from it.
    public static List<FieldFault> faults(RuleTemplate template) {
        TemplateMapping mapping = new TemplateMapping(template);
        mapping.check();
        return mapping.faults.stream().limit(RuleMapping.FAULTS_MAX).toList();
    }

    private void check() {
        if (!Keys.isToken(template.getTemplateId())) {
            fault("templateId", "must match [A-Za-z0-9_-]{1,255}");
        }
        requireText("name", template.getName(), RuleMapping.VALUE_LENGTH_MAX);
        requireText("description", template.getDescription(), DESCRIPTION_MAX);
        if (!CATEGORIES.contains(template.getCategory())) {
            fault("category", "is one of " + String.join(", ", CATEGORIES));
        }
        ConstraintMapping.toModel(template.getConstraints(), this::fault);
        Set<String> slots = slots();
        if (template.getRules().isEmpty() || template.getRules().size() > RULES_MAX) {
            fault("rules", "1 to " + RULES_MAX);
            return;
        }
        Set<String> ids = new HashSet<>();
        Set<String> used = new HashSet<>();
        for (int i = 0; i < template.getRules().size(); i++) {
            TemplateRule rule = template.getRules().get(i);
            String path = "rules[" + i + "].";
            if (!ids.add(rule.getRuleId())) {
                fault(path + "ruleId", "another rule of the template has it");
            }
            used.addAll(named(path, rule, slots));
        }
        slots.stream().filter(slot -> !used.contains(slot)).forEach(slot -> fault("slots", slot + " is in no rule"));
        if (faults.isEmpty()) {
            checkRules(slots);
        }
    }

    private Set<String> slots() {
        if (template.getSlots().size() > SLOTS_MAX) {
            fault("slots", "at most " + SLOTS_MAX);
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < template.getSlots().size(); i++) {
            TemplateSlot slot = template.getSlots().get(i);
            String path = "slots[" + i + "].";
            if (!Keys.isToken(slot.getName())) {
                fault(path + "name", "must match [A-Za-z0-9_-]{1,255}");
            } else if (!names.add(slot.getName())) {
                fault(path + "name", "another slot of the template has it");
            }
            requireText(path + "description", slot.getDescription(), DESCRIPTION_MAX);
        }
        return names;
    }

    private Set<String> named(String path, TemplateRule rule, Set<String> slots) {
        Map<String, List<String>> tiers = new LinkedHashMap<>();
        tiers.put("primarySlots", rule.getPrimarySlots());
        tiers.put("secondarySlots", rule.getSecondarySlots());
        tiers.put("fallbackSlots", rule.getFallbackSlots());
        Set<String> used = new HashSet<>();
        tiers.forEach((field, names) -> {
            for (String name : names) {
                if (!slots.contains(name)) {
                    fault(path + field, "the template has no slot of the name " + RuleMapping.quoted(name));
                } else if (!used.add(name)) {
                    fault(path + field, name + " stands in the rule already");
                }
            }
        });
        rule.getWeights().keySet().stream()
                .filter(name -> !used.contains(name))
                .forEach(name -> fault(path + "weights", RuleMapping.quoted(name) + " is no slot of the rule"));
        return used;
    }

    /// As if each slot were filled with one destination.
    private void checkRules(Set<String> slots) {
        Map<String, List<String>> filled = new HashMap<>();
        slots.forEach(slot -> filled.put(slot, List.of(UUID.randomUUID().toString())));
        for (int i = 0; i < template.getRules().size(); i++) {
            String path = "rules[" + i + "].";
            RuleMapping.faults(rule(template, template.getRules().get(i), SOME_ORGANIZATION, filled)).stream()
                    .filter(fault -> !fault.path().startsWith("constraints"))
                    .forEach(fault -> fault(path + templateField(fault.path()), fault.fault()));
        }
    }

    /// Where the template has what a rule's field is made from.
    private static String templateField(String path) {
        return path.replaceFirst("^(primary|secondary|fallback)(\\[.*)?$", "$1Slots");
    }

    /// An organization's rules by a template: those that have at least one primary destination.
    ///
    /// @param slots ids of destinations by slot; a slot that is not named is empty
    public static List<DefaultDestinationRule> rules(
            RuleTemplate template, String organizationId, Map<String, List<String>> slots) {
        return template.getRules().stream()
                .map(rule -> rule(template, rule, organizationId, slots))
                .filter(rule -> !rule.getPrimary().isEmpty())
                .toList();
    }

    private static DefaultDestinationRule rule(
            RuleTemplate template, TemplateRule rule, String organizationId, Map<String, List<String>> slots) {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId(organizationId)
                .setRuleId(ruleId(template, rule))
                .setName(rule.getName())
                .setPriority(rule.getPriority())
                .setConditions(rule.getConditions())
                .setSelection(rule.getSelection())
                .setStickyBy(rule.getStickyBy())
                .setContinues(rule.getContinues())
                .setPrimary(targets(rule.getPrimarySlots(), rule, slots))
                .setSecondary(targets(rule.getSecondarySlots(), rule, slots))
                .setFallback(targets(rule.getFallbackSlots(), rule, slots))
                .setTemplate(new RuleOrigin(template.getTemplateId(), template.getVersion(), slots))
                .setConstraints(template.getConstraints())
                .setVersion(0)
                .setChangedAt(template.getChangedAt())
                .build();
    }

    private static String ruleId(RuleTemplate template, TemplateRule rule) {
        return template.getTemplateId() + "-" + rule.getRuleId();
    }

    private static List<RuleTarget> targets(List<String> names, TemplateRule rule, Map<String, List<String>> slots) {
        return names.stream()
                .flatMap(name -> Optional.ofNullable(slots.get(name)).stream()
                        .flatMap(List::stream)
                        .map(id -> new RuleTarget(id, rule.getWeights().getOrDefault(name, 1))))
                .toList();
    }

    private void requireText(String path, String text, int max) {
        if (text.length() > max || text.indexOf('\0') >= 0) {
            fault(path, "has at most " + max + " characters, and no NUL");
        }
    }

    private void fault(String path, String fault) {
        faults.add(new FieldFault(path, fault));
    }
}
