package dev.waybill.local.embedded.registry;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Events as Confluent's registry writes them, so that theirs can take over the topic.
final class EventJson {

    private static final JsonMapper JSON = new JsonMapper();

    private EventJson() {}

    static String key(RegistryEvent event) {
        var key = JSON.createObjectNode();
        switch (event) {
            case RegistryEvent.VersionSet(SchemaVersion version) ->
                versionKey(key, version.subject(), version.version());
            case RegistryEvent.VersionGone(String subject, int version) -> versionKey(key, subject, version);
            case RegistryEvent.LevelSet set ->
                key.put("keytype", "CONFIG").put("subject", set.subject()).put("magic", 0);
        }
        return key.toString();
    }

    private static void versionKey(ObjectNode key, String subject, int version) {
        key.put("keytype", "SCHEMA")
                .put("subject", subject)
                .put("version", version)
                .put("magic", 1);
    }

    static @Nullable String value(RegistryEvent event) {
        return switch (event) {
            case RegistryEvent.VersionSet(SchemaVersion version) -> JSON.writeValueAsString(version);
            case RegistryEvent.VersionGone _ -> null;
            case RegistryEvent.LevelSet set -> set.level() == null ? null : value(set.level());
        };
    }

    private static String value(CompatibilityLevel level) {
        return JSON.createObjectNode().put("compatibilityLevel", level.name()).toString();
    }

    /// Empty for what another registry may have written and this one does not know.
    static Optional<RegistryEvent> parse(String key, @Nullable String value) {
        JsonNode at = JSON.readTree(key);
        return switch (at.path("keytype").asString("")) {
            case "SCHEMA" -> Optional.of(version(at, value));
            case "CONFIG" -> Optional.of(level(at, value));
            default -> Optional.empty();
        };
    }

    private static RegistryEvent version(JsonNode at, @Nullable String value) {
        String subject = at.path("subject").asString();
        int version = at.path("version").asInt();
        if (value == null) {
            return new RegistryEvent.VersionGone(subject, version);
        }
        JsonNode set = JSON.readTree(value);
        return new RegistryEvent.VersionSet(new SchemaVersion(
                subject,
                version,
                set.path("id").asInt(),
                set.path("schema").asString(),
                set.path("deleted").asBoolean(false)));
    }

    private static RegistryEvent level(JsonNode at, @Nullable String value) {
        String subject = at.path("subject").isString() ? at.path("subject").asString() : null;
        return new RegistryEvent.LevelSet(
                subject,
                value == null
                        ? null
                        : CompatibilityLevel.parse(
                                JSON.readTree(value).path("compatibilityLevel").asString()));
    }
}
