package dev.waybill.worker.projector;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleOrigin;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.avro.RuleWindow;
import dev.waybill.schemas.Keys;
import dev.waybill.topology.codec.FieldFault;
import dev.waybill.topology.codec.RuleMapping;
import dev.waybill.topology.codec.TemplateMapping;
import dev.waybill.worker.projector.fold.Change;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Reads the Avro records of configuration. The key must say the same as the value: others find the record by it.
final class ConfigReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ConfigReader() {}

    static Change destination(String key, Destination destination) {
        String organization = organization(destination.getOrganizationId());
        requireKey(key, Keys.destination(organization, destination.getDestinationId()));
        return new Change.DestinationPut(
                uuid(destination.getDestinationId()),
                organization,
                Text.fit(destination.getName(), Text.ID),
                Text.fit(destination.getKind(), Text.WORD),
                Text.fit(destination.getProvider(), Text.WORD),
                Text.fitOrNull(destination.getRegion(), Text.CODE),
                Text.clean(destination.getLabels()),
                destination.getEnabled(),
                destination.getVersion(),
                destination.getUpdatedAt(),
                Text.fitOrNull(destination.getUpdatedBy(), Text.ID));
    }

    static Change destinationDeleted(String key, Instant at) {
        return new Change.DestinationDeleted(uuid(second(key)), organization(Keys.organizationOf(key)), at);
    }

    static Change rule(String key, DefaultDestinationRule rule) {
        String organization = organization(rule.getOrganizationId());
        requireKey(key, Keys.rule(organization, rule.getRuleId()));
        // As the router does: the last good version stays in force.
        refuseFaulty(RuleMapping.faults(rule));
        RuleOrigin template = rule.getTemplate();
        return new Change.RulePut(
                organization,
                ruleId(rule.getRuleId()),
                Text.fit(rule.getName(), Text.ID),
                rule.getPriority(),
                rule.getActive(),
                conditions(rule.getConditions()),
                Text.fit(rule.getSelection(), Text.WORD),
                Text.fitOrNull(rule.getStickyBy(), Text.ID),
                rule.getContinues(),
                rule.getValidFrom(),
                rule.getValidUntil(),
                targets(rule.getPrimary()),
                targets(rule.getSecondary()),
                targets(rule.getFallback()),
                weights(rule),
                template == null ? null : template.getTemplateId(),
                template == null ? null : template.getVersion(),
                constraints(rule),
                rule.getVersion(),
                rule.getChangedAt(),
                Text.fitOrNull(rule.getChangedBy(), Text.ID));
    }

    static Change ruleDeleted(String key) {
        return new Change.RuleDeleted(organization(Keys.organizationOf(key)), ruleId(second(key)));
    }

    /// Templates have no rows of their own, but one that is none is put where operators look for such records.
    static Change template(String key, RuleTemplate template) {
        requireKey(key, template.getTemplateId());
        refuseFaulty(TemplateMapping.faults(template));
        return new Change.Nothing();
    }

    private static void refuseFaulty(List<FieldFault> faults) {
        if (!faults.isEmpty()) {
            throw new UnusableEventException(Text.fit(
                    faults.stream().map(FieldFault::toString).collect(Collectors.joining("; ")), Text.MESSAGE));
        }
    }

    private static String constraints(DefaultDestinationRule rule) {
        return JSON.writeValueAsString(rule.getConstraints().stream()
                .map(constraint -> Map.of(
                        "constraint",
                        Text.fit(constraint.getConstraint(), Text.WORD),
                        "values",
                        Text.clean(constraint.getValues())))
                .toList());
    }

    /// Conditions that ask for nothing hold always, as if there were none.
    private static @Nullable String conditions(@Nullable RuleConditions conditions) {
        if (conditions == null) {
            return null;
        }
        Map<String, Object> given = new LinkedHashMap<>();
        put(given, "payloadTypes", conditions.getPayloadTypes());
        put(given, "userRoles", conditions.getUserRoles());
        put(given, "tagsAny", conditions.getTagsAny());
        put(given, "tagsAll", conditions.getTagsAll());
        put(given, "tagsNone", conditions.getTagsNone());
        if (!conditions.getWindows().isEmpty()) {
            given.put(
                    "windows",
                    conditions.getWindows().stream().map(ConfigReader::window).toList());
        }
        if (conditions.getMinBytes() != null) {
            given.put("minBytes", conditions.getMinBytes());
        }
        if (conditions.getMaxBytes() != null) {
            given.put("maxBytes", conditions.getMaxBytes());
        }
        if (!conditions.getMetadata().isEmpty()) {
            given.put("metadata", Text.clean(conditions.getMetadata()));
        }
        return given.isEmpty() ? null : JSON.writeValueAsString(given);
    }

    private static void put(Map<String, Object> given, String name, List<String> values) {
        if (!values.isEmpty()) {
            given.put(name, Text.clean(values));
        }
    }

    private static Map<String, Object> window(RuleWindow window) {
        Map<String, Object> given = new LinkedHashMap<>();
        put(given, "days", window.getDays());
        given.put("start", Text.fit(window.getStart(), Text.WORD));
        given.put("end", Text.fit(window.getEnd(), Text.WORD));
        given.put("zone", Text.fit(window.getZone(), Text.ID));
        return given;
    }

    /// Of the targets that do not have the usual one.
    private static Map<String, String> weights(DefaultDestinationRule rule) {
        Map<String, String> weights = new LinkedHashMap<>();
        Stream.of(rule.getPrimary(), rule.getSecondary(), rule.getFallback())
                .flatMap(List::stream)
                .filter(target -> target.getWeight() != 1)
                .forEach(target ->
                        weights.put(uuid(target.getDestinationId()).toString(), Integer.toString(target.getWeight())));
        return weights;
    }

    private static List<UUID> targets(List<RuleTarget> targets) {
        return targets.stream().map(target -> uuid(target.getDestinationId())).toList();
    }

    private static UUID uuid(String text) {
        return EventReader.uuid(text)
                .orElseThrow(() -> new UnusableEventException("not a destination id: " + Text.fit(text, Text.CODE)));
    }

    private static String organization(String text) {
        if (!Keys.isOrganizationId(text)) {
            throw new UnusableEventException("not an organization id: " + Text.fit(text, Text.CODE));
        }
        return text;
    }

    private static String ruleId(String text) {
        if (!Keys.isToken(text)) {
            throw new UnusableEventException("not a rule id: " + Text.fit(text, Text.CODE));
        }
        return text;
    }

    private static String second(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    private static void requireKey(String key, String expected) {
        if (!key.equals(expected)) {
            throw new UnusableEventException("the key is not " + Text.fit(expected, Text.MESSAGE));
        }
    }
}
