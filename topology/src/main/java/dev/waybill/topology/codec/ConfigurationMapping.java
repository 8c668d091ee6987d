package dev.waybill.topology.codec;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleTarget;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Rule;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Reads destinations and rules, and refuses what breaks their documentation.
final class ConfigurationMapping {

    /// The width of the text columns.
    private static final int TEXT_MAX = 255;

    /// A destination travels in every one of its tasks.
    private static final int SETTINGS_MAX = 64 * 1024;

    /// Each primary is a route of every request that the rule matches.
    private static final int TARGETS_MAX = 100;

    private ConfigurationMapping() {}

    static Destination toModel(dev.waybill.avro.Destination destination, Bytes encoded) {
        Kind kind = Kind.parse(destination.getKind())
                .orElseThrow(() -> new InvalidRecordException(
                        "kind is webhook, email, storage or transfer, not " + destination.getKind()));
        requireOrganization(destination.getOrganizationId());
        requireText("name", destination.getName());
        requireText("provider", destination.getProvider());
        requireText("region", destination.getRegion() == null ? "none" : destination.getRegion());
        requireSize("settings", destination.getSettings());
        requireSize("labels", destination.getLabels());
        try {
            return new Destination(
                    uuid("destinationId", destination.getDestinationId()),
                    destination.getOrganizationId(),
                    destination.getName(),
                    kind,
                    destination.getProvider(),
                    destination.getEnabled(),
                    destination.getSettings(),
                    PolicyMapping.toModel(destination.getPolicy(), kind),
                    destination.getRegion(),
                    destination.getLabels(),
                    destination.getVersion(),
                    encoded);
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException("policy: " + e.getMessage(), e);
        }
    }

    static Rule toModel(DefaultDestinationRule rule) {
        requireOrganization(rule.getOrganizationId());
        if (!Keys.isToken(rule.getRuleId())) {
            throw new InvalidRecordException("ruleId must match [A-Za-z0-9_-]{1,255}");
        }
        if (rule.getPrimary().isEmpty()) {
            throw new InvalidRecordException("a rule needs at least one primary destination");
        }
        if (rule.getPrimary().size() > TARGETS_MAX || rule.getFallback().size() > TARGETS_MAX) {
            throw new InvalidRecordException("a tier of a rule has at most " + TARGETS_MAX + " destinations");
        }
        return new Rule(
                rule.getOrganizationId(),
                rule.getRuleId(),
                rule.getName(),
                rule.getPriority(),
                rule.getActive(),
                rule.getConditions() == null ? List.of() : rule.getConditions().getPayloadTypes(),
                uuids("primary", rule.getPrimary()),
                uuids("fallback", rule.getFallback()),
                rule.getVersion());
    }

    private static void requireOrganization(String organizationId) {
        if (!Keys.isOrganizationId(organizationId)) {
            throw new InvalidRecordException("organizationId must match [A-Za-z0-9][A-Za-z0-9._-]{0,254}");
        }
    }

    private static void requireText(String field, String text) {
        if (text.isBlank() || text.length() > TEXT_MAX || text.indexOf('\0') >= 0) {
            throw new InvalidRecordException(field + " must have 1 to " + TEXT_MAX + " characters, and no NUL");
        }
    }

    private static void requireSize(String field, Map<String, String> map) {
        int size = 0;
        for (Map.Entry<String, String> entry : map.entrySet()) {
            size += entry.getKey().length() + entry.getValue().length();
        }
        if (size > SETTINGS_MAX) {
            throw new InvalidRecordException(field + " must have at most " + SETTINGS_MAX + " characters");
        }
    }

    private static List<UUID> uuids(String field, List<RuleTarget> targets) {
        return targets.stream()
                .map(target -> uuid(field, target.getDestinationId()))
                .toList();
    }

    private static UUID uuid(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException(field + " must be a UUID: " + text, e);
        }
    }
}
