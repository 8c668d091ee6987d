package dev.waybill.worker.ops;

import dev.waybill.avro.Destination;
import dev.waybill.schemas.Kind;
import dev.waybill.worker.sink.SinkProvider;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Reads destinations from requests and checks everything that can be checked without the other destinations.
final class DestinationJson {

    /// What a request may say; what an answer says besides may be sent back and is ignored.
    private static final Set<String> FIELDS = Set.of(
            "destinationId",
            "organizationId",
            "name",
            "kind",
            "provider",
            "enabled",
            "settings",
            "policy",
            "region",
            "labels",
            "version",
            "updatedAt",
            "updatedBy",
            "health",
            "lastTest");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._@-]{0,254}");
    private static final int TEXT_MAX = 255;
    private static final int LABELS_MAX = 64;

    private final Providers providers;
    private final SettingsCheck settingsCheck;

    DestinationJson(Providers providers, SettingsCheck settingsCheck) {
        this.providers = providers;
        this.settingsCheck = settingsCheck;
    }

    /// The destination that a request asks for, without version and time.
    ///
    /// @param id        of the destination
    /// @param otherwise the name where the request has none
    /// @throws ProblemException naming every fault
    Destination read(ObjectNode body, String organization, UUID id, @Nullable String otherwise) {
        Fields fields = Fields.of(body, FIELDS);
        Destination destination = new Destination();
        destination.setDestinationId(id.toString());
        destination.setOrganizationId(organization);
        destination.setName(name(fields, otherwise));
        destination.setEnabled(fields.flag("enabled", true));
        destination.setPolicy(PolicyJson.read(fields.object("policy", PolicyJson.FIELDS)));
        destination.setRegion(fields.text("region", TEXT_MAX));
        destination.setLabels(labels(fields));
        Map<String, String> settings = fields.map("settings");
        destination.setSettings(settings);
        String providerName = fields.requiredText("provider", TEXT_MAX);
        destination.setProvider(providerName);
        Optional<SinkProvider> provider = providers.find(providerName);
        if (provider.isPresent()) {
            destination.setKind(provider.get().kind().wireName());
            kind(fields, provider.get().kind());
            settingsCheck.check(organization, provider.get(), settings, fields);
        } else if (!providerName.isEmpty()) {
            fields.fault("provider", "no such provider; known are " + String.join(", ", providers.names()));
        }
        fields.throwIfFaulty();
        return destination;
    }

    boolean isKnown(String provider) {
        return providers.find(provider).isPresent();
    }

    private static String name(Fields fields, @Nullable String otherwise) {
        String name = fields.has("name") || otherwise == null ? fields.requiredText("name", TEXT_MAX) : otherwise;
        if (!name.isEmpty() && !isName(name)) {
            fields.fault(
                    "name", "up to 255 of letters, digits, blank . _ @ -, beginning with a letter or digit; no UUID");
        }
        return name;
    }

    private static void kind(Fields fields, Kind kind) {
        String given = fields.text("kind", TEXT_MAX);
        if (given != null && !given.equals(kind.wireName())) {
            fields.fault("kind", "this provider is of kind " + kind.wireName());
        }
    }

    private static Map<String, String> labels(Fields fields) {
        Map<String, String> labels = fields.map("labels");
        if (labels.size() > LABELS_MAX) {
            fields.fault("labels", "at most " + LABELS_MAX);
        }
        labels.forEach((key, value) -> {
            if (key.length() > TEXT_MAX || value.length() > TEXT_MAX) {
                fields.fault("labels." + key, "at most " + TEXT_MAX + " characters");
            }
        });
        return labels;
    }

    /// A name is never mistaken for an id.
    static boolean isName(String text) {
        return NAME.matcher(text).matches() && uuid(text).isEmpty();
    }

    static Optional<UUID> uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equalsIgnoreCase(text) ? Optional.of(uuid) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
