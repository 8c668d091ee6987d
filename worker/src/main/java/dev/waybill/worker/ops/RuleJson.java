package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.RuleWindow;
import dev.waybill.topology.codec.RuleMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Reads rules from requests. What the values must be is [RuleMapping]'s to say, as for rules from the topic.
final class RuleJson {

    private static final Set<String> FIELDS = Set.of(
            "organizationId",
            "ruleId",
            "name",
            "priority",
            "active",
            "conditions",
            "selection",
            "stickyBy",
            "primary",
            "secondary",
            "fallback",
            "continues",
            "validFrom",
            "validUntil",
            "template",
            "constraints",
            "version",
            "changedAt",
            "changedBy");

    static final Set<String> CONDITIONS = Set.of(
            "payloadTypes",
            "userRoles",
            "tagsAny",
            "tagsAll",
            "tagsNone",
            "windows",
            "minBytes",
            "maxBytes",
            "metadata");

    /// Nothing longer is read; the bounds that count are narrower.
    private static final int LIST_MAX = 1_000;

    private static final int TEXT_MAX = 1_000;

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
        rule.setConditions(conditions(fields.object("conditions", CONDITIONS)));
        String selection = fields.text("selection", TEXT_MAX);
        rule.setSelection(selection == null ? "all" : selection);
        rule.setStickyBy(fields.text("stickyBy", TEXT_MAX));
        rule.setPrimary(targets(fields, "primary", resolve));
        rule.setSecondary(targets(fields, "secondary", resolve));
        rule.setFallback(targets(fields, "fallback", resolve));
        rule.setContinues(fields.flag("continues", false));
        rule.setValidFrom(fields.time("validFrom"));
        rule.setValidUntil(fields.time("validUntil"));
        // Only a template says otherwise.
        rule.setConstraints(List.of());
        List<Fault> misread = List.copyOf(fields.faults());
        RuleMapping.faults(rule).stream()
                // What could not even be read is named already, and stands for nothing in the record.
                .filter(fault -> misread.stream().noneMatch(known -> isWithin(fault.path(), known.field())))
                .forEach(fault -> fields.fault(fault.path(), fault.fault()));
        fields.throwIfFaulty();
        return rule;
    }

    static boolean isWithin(String path, String field) {
        return path.equals(field) || path.startsWith(field + ".") || path.startsWith(field + "[");
    }

    /// When a rule matches; null for always.
    static @Nullable RuleConditions conditions(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        return RuleConditions.newBuilder()
                .setPayloadTypes(fields.texts("payloadTypes", LIST_MAX))
                .setUserRoles(fields.texts("userRoles", LIST_MAX))
                .setTagsAny(fields.texts("tagsAny", LIST_MAX))
                .setTagsAll(fields.texts("tagsAll", LIST_MAX))
                .setTagsNone(fields.texts("tagsNone", LIST_MAX))
                .setWindows(windows(fields))
                .setMinBytes(fields.whole("minBytes", Long.MIN_VALUE, Long.MAX_VALUE))
                .setMaxBytes(fields.whole("maxBytes", Long.MIN_VALUE, Long.MAX_VALUE))
                .setMetadata(fields.map("metadata"))
                .build();
    }

    private static List<RuleWindow> windows(Fields fields) {
        List<RuleWindow> windows = new ArrayList<>();
        for (Fields window : fields.objects("windows", LIST_MAX, Set.of("days", "start", "end", "zone"), null)) {
            windows.add(
                    window == null
                            ? new RuleWindow(List.of(), "", "", "")
                            : new RuleWindow(
                                    window.texts("days", LIST_MAX),
                                    window.requiredText("start", TEXT_MAX),
                                    window.requiredText("end", TEXT_MAX),
                                    window.has("zone") ? window.requiredText("zone", TEXT_MAX) : "UTC"));
        }
        return windows;
    }

    /// Targets are written as objects, or simply as ids or names.
    private static List<RuleTarget> targets(Fields fields, String tier, Function<String, Optional<String>> resolve) {
        List<RuleTarget> targets = new ArrayList<>();
        for (Fields target : fields.objects(tier, LIST_MAX, Set.of("destinationId", "weight"), "destinationId")) {
            targets.add(target == null ? new RuleTarget("", 1) : target(target, resolve));
        }
        return targets;
    }

    private static RuleTarget target(Fields target, Function<String, Optional<String>> resolve) {
        String named = target.requiredText("destinationId", TEXT_MAX);
        Integer weight = target.integer("weight", Integer.MIN_VALUE, Integer.MAX_VALUE);
        Optional<String> id = resolve.apply(named);
        if (id.isEmpty() && !named.isEmpty()) {
            target.fault("destinationId", "the organization has no destination " + named);
        }
        return new RuleTarget(id.orElse(""), weight == null ? 1 : weight);
    }
}
