package dev.waybill.local.embedded.registry;

/// One version of a subject. A softly deleted one keeps its number and its id.
record SchemaVersion(String subject, int version, int id, String schema, boolean deleted) {

    SchemaVersion softlyDeleted() {
        return new SchemaVersion(subject, version, id, schema, true);
    }
}
