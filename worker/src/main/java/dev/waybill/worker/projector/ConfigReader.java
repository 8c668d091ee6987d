package dev.waybill.worker.projector;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import dev.waybill.schemas.Keys;
import dev.waybill.worker.projector.fold.Change;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
        return new Change.RulePut(
                organization,
                ruleId(rule.getRuleId()),
                Text.fit(rule.getName(), Text.ID),
                rule.getPriority(),
                rule.getActive(),
                conditions(rule.getConditions()),
                targets(rule.getPrimary()),
                targets(rule.getFallback()),
                rule.getVersion(),
                rule.getChangedAt(),
                Text.fitOrNull(rule.getChangedBy(), Text.ID));
    }

    static Change ruleDeleted(String key) {
        return new Change.RuleDeleted(organization(Keys.organizationOf(key)), ruleId(second(key)));
    }

    /// Conditions that ask for nothing hold always, as if there were none.
    private static @Nullable String conditions(@Nullable RuleConditions conditions) {
        if (conditions == null || conditions.getPayloadTypes().isEmpty()) {
            return null;
        }
        return JSON.writeValueAsString(Map.of("payloadTypes", Text.clean(conditions.getPayloadTypes())));
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
