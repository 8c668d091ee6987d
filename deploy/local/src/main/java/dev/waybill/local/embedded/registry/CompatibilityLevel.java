package dev.waybill.local.embedded.registry;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/// What a new version of a subject must hold against the earlier ones.
enum CompatibilityLevel {
    NONE(false, false, false),
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean readsOlder;
    private final boolean readByOlder;
    private final boolean all;

    CompatibilityLevel(boolean readsOlder, boolean readByOlder, boolean all) {
        this.readsOlder = readsOlder;
        this.readByOlder = readByOlder;
        this.all = all;
    }

    static CompatibilityLevel parse(String name) {
        for (CompatibilityLevel level : values()) {
            if (level.name().equals(name)) {
                return level;
            }
        }
        throw RegistryProblem.invalidLevel(name);
    }

    /// Why the schema may not follow the earlier versions (oldest first); empty when it may.
    Optional<String> objection(Schema schema, List<Schema> earlier) {
        List<Schema> compared = all || earlier.isEmpty() ? earlier : List.of(earlier.getLast());
        for (Schema other : compared.reversed()) {
            Optional<String> objection = readsOlder ? unreadable(schema, other) : Optional.empty();
            if (objection.isEmpty() && readByOlder) {
                objection = unreadable(other, schema);
            }
            if (objection.isPresent()) {
                return objection;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unreadable(Schema reader, Schema writer) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        return pair.getType() == SchemaCompatibilityType.COMPATIBLE
                ? Optional.empty()
                : Optional.of(pair.getResult().getIncompatibilities().toString());
    }
}
