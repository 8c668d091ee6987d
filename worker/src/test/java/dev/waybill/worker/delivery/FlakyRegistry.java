package dev.waybill.worker.delivery;

import dev.waybill.schemas.registry.RegisteredSchema;
import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.schemas.registry.SchemaRegistryClient;
import java.util.Optional;
import org.apache.avro.Schema;

/// The way of some clients to a registry that others reach: it can be interrupted.
final class FlakyRegistry implements SchemaRegistryClient {

    private final SchemaRegistryClient registry;
    private volatile boolean reachable = true;

    FlakyRegistry(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    void reachable(boolean now) {
        reachable = now;
    }

    private SchemaRegistryClient reach() {
        if (!reachable) {
            throw new RegistryUnavailableException("there is no way to the registry", null);
        }
        return registry;
    }

    @Override
    public int register(String subject, Schema schema) {
        return reach().register(subject, schema);
    }

    @Override
    public Optional<Integer> lookUp(String subject, Schema schema) {
        return reach().lookUp(subject, schema);
    }

    @Override
    public Optional<RegisteredSchema> latest(String subject) {
        return reach().latest(subject);
    }

    @Override
    public Schema schemaById(int id) {
        return reach().schemaById(id);
    }
}
