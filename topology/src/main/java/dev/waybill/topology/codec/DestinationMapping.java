package dev.waybill.topology.codec;

import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import java.util.Map;
import java.util.UUID;

/// Reads destinations, and refuses what breaks their documentation.
final class DestinationMapping {

    /// The width of the text columns.
    private static final int TEXT_MAX = 255;

    /// A destination travels in every one of its tasks.
    private static final int SETTINGS_MAX = 64 * 1024;

    private DestinationMapping() {}

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

    private static UUID uuid(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException(field + " must be a UUID: " + text, e);
        }
    }
}
