package dev.waybill.topology.codec;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleTarget;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Rule;
import java.util.List;
import java.util.UUID;

/// Reads destinations and rules, and refuses what breaks their documentation.
final class ConfigurationMapping {

    private ConfigurationMapping() {}

    static Destination toModel(dev.waybill.avro.Destination destination, Bytes encoded) {
        Kind kind = Kind.parse(destination.getKind())
                .orElseThrow(() -> new InvalidRecordException(
                        "kind is webhook, email, storage or transfer, not " + destination.getKind()));
        requireOrganization(destination.getOrganizationId());
        if (destination.getName().isBlank()) {
            throw new InvalidRecordException("name must not be empty");
        }
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
