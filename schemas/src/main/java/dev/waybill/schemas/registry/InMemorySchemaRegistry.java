package dev.waybill.schemas.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/// A registry without a server, for tests: the same ids, backward compatibility and answers, and it can be switched
/// off.
public final class InMemorySchemaRegistry implements SchemaRegistryClient {

    private final Map<String, List<RegisteredSchema>> subjects = new HashMap<>();
    private final List<Schema> byId = new ArrayList<>();
    private boolean reachable = true;

    public synchronized void goDown() {
        reachable = false;
    }

    public synchronized void comeBack() {
        reachable = true;
    }

    @Override
    public synchronized int register(String subject, Schema schema) {
        Optional<Integer> known = lookUp(subject, schema);
        if (known.isPresent()) {
            return known.get();
        }
        List<RegisteredSchema> versions = subjects.computeIfAbsent(subject, _ -> new ArrayList<>());
        if (!versions.isEmpty()) {
            var check = SchemaCompatibility.checkReaderWriterCompatibility(
                    schema, versions.getLast().schema());
            if (check.getType() != SchemaCompatibilityType.COMPATIBLE) {
                throw new IncompatibleSchemaException(subject, check.getDescription());
            }
        }
        int index = byId.indexOf(schema);
        if (index < 0) {
            byId.add(schema);
            index = byId.size() - 1;
        }
        versions.add(new RegisteredSchema(index + 1, versions.size() + 1, schema));
        return index + 1;
    }

    @Override
    public synchronized Optional<Integer> lookUp(String subject, Schema schema) {
        answer();
        return subjects.getOrDefault(subject, List.of()).stream()
                .filter(version -> version.schema().equals(schema))
                .map(RegisteredSchema::id)
                .findFirst();
    }

    @Override
    public synchronized Optional<RegisteredSchema> latest(String subject) {
        answer();
        return Optional.ofNullable(subjects.get(subject)).map(List::getLast);
    }

    @Override
    public synchronized Schema schemaById(int id) {
        answer();
        if (id < 1 || id > byId.size()) {
            throw new UnknownSchemaException(id, "not registered", null);
        }
        return byId.get(id - 1);
    }

    private void answer() {
        if (!reachable) {
            throw new RegistryUnavailableException("The registry is switched off", null);
        }
    }
}
