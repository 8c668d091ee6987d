package dev.waybill.schemas.serde;

import dev.waybill.schemas.registry.InvalidSchemaException;
import dev.waybill.schemas.registry.SchemaRegistryClient;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;

/// Finds the id to write under. Records are always written by their own schema; the settings only decide
/// whether an id may be made for it.
record SubjectSchemas(SchemaRegistryClient registry, SerdeSettings settings) {

    int idFor(String subject, Schema own) {
        Schema schema = withoutJavaTypes(own);
        if (settings.useLatestVersion()) {
            var latest = registry.latest(subject);
            if (latest.isPresent() && sameOnTheWire(latest.get().schema(), schema)) {
                return latest.get().id();
            }
        } else if (settings.autoRegister()) {
            return registry.register(subject, schema);
        }
        return registry.lookUp(subject, schema)
                .orElseThrow(() -> new InvalidSchemaException(
                        subject,
                        "has no version with the schema of %s, and %s does not allow to register it"
                                .formatted(own.getFullName(), registrationSetting())));
    }

    private String registrationSetting() {
        return settings.useLatestVersion()
                ? SerdeSettings.USE_LATEST + "=true"
                : SerdeSettings.AUTO_REGISTER + "=false";
    }

    private static boolean sameOnTheWire(Schema left, Schema right) {
        return SchemaNormalization.toParsingForm(left).equals(SchemaNormalization.toParsingForm(right));
    }

    /// Generated classes mark their strings as Java strings; other languages should see the schema as it was written.
    static Schema withoutJavaTypes(Schema schema) {
        String json = schema.toString();
        return json.contains(GenericData.STRING_PROP) ? JavaTypeFilter.strip(json) : schema;
    }
}
