package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Reads rules from requests.
final class RuleJson {

    private static final Set<String> FIELDS = Set.of(
            "organizationId",
            "ruleId",
            "name",
            "priority",
            "active",
            "conditions",
            "primary",
            "fallback",
            "version",
            "changedAt",
            "changedBy");

    /// Each primary is a route of its own, which a delivery remembers.
    private static final int PRIMARY_MAX = 50;

    /// A trail keeps the last 20 candidates.
    private static final int FALLBACK_MAX = 19;

    private static final int TYPES_MAX = 100;
    private static final int TYPE_LENGTH_MAX = 100;
    private static final int TEXT_MAX = 255;
    private static final Pattern TYPE = Pattern.compile("[^\\s*]+(\\.\\*)?");

    private RuleJson() {}

    /// The rule that a request asks for, without version and time.
    ///
    /// @param resolve finds the id of a destination by id or name
    /// @throws ProblemException naming every fault
    static DefaultDestinationRule read(
            ObjectNode body, String organization, String ruleId, Function<String, Optional<String>> resolve) {
        Fields fields = Fields.of(body, FIELDS);
        DefaultDestinationRule rule = new DefaultDestinationRule();
        rule.setOrganizationId(organization);
        rule.setRuleId(ruleId);
        rule.setName(fields.has("name") ? fields.requiredText("name", TEXT_MAX) : ruleId);
        Integer priority = fields.integer("priority", -1_000_000, 1_000_000);
        rule.setPriority(priority == null ? 0 : priority);
        rule.setActive(fields.flag("active", true));
        rule.setConditions(conditions(fields.object("conditions", Set.of("payloadTypes"))));
        Set<String> seen = new HashSet<>();
        rule.setPrimary(targets(fields, "primary", PRIMARY_MAX, resolve, seen));
        rule.setFallback(targets(fields, "fallback", FALLBACK_MAX, resolve, seen));
        if (!fields.has("primary")) {
            fields.fault("primary", "is required: at least one destination");
        }
        fields.throwIfFaulty();
        return rule;
    }

    private static @Nullable RuleConditions conditions(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        List<String> types = fields.texts("payloadTypes", TYPES_MAX);
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i).length() > TYPE_LENGTH_MAX
                    || !TYPE.matcher(types.get(i)).matches()) {
                fields.fault("payloadTypes[" + i + "]", "a payload type, or a family such as audit.*");
            }
        }
        return new RuleConditions(types);
    }

    /// Targets are written as objects, as an answer has them, or simply as ids or names.
    private static List<RuleTarget> targets(
            Fields fields, String name, int max, Function<String, Optional<String>> resolve, Set<String> seen) {
        List<String> given = fields.targets(name, max);
        List<RuleTarget> targets = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String field = name + "[" + i + "]";
            Optional<String> id = resolve.apply(given.get(i));
            if (id.isEmpty()) {
                fields.fault(field, "the organization has no destination " + given.get(i));
            } else if (seen.add(id.get())) {
                targets.add(new RuleTarget(id.get()));
            } else {
                fields.fault(field, "is named twice");
            }
        }
        if (name.equals("primary") && fields.has(name) && given.isEmpty()) {
            fields.fault(name, "at least one destination");
        }
        return targets;
    }
}
