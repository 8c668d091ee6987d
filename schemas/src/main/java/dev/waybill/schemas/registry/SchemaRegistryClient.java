package dev.waybill.schemas.registry;

import java.util.Optional;
import org.apache.avro.Schema;

/// What the serdes ask of a registry. Implementations are safe for use by many threads and may block for the time that
/// their own bounded retries take.
///
/// Every method throws a [RegistryException]: its subtypes tell an unreachable registry, whose answer is
/// still open, from one that answered "no".
public interface SchemaRegistryClient extends AutoCloseable {

    /// Registers the schema under the subject, or finds the id it already has there.
    ///
    /// @throws IncompatibleSchemaException when the registry's compatibility rule forbids it
    int register(String subject, Schema schema);

    /// The id under which this very schema is registered in the subject; empty when it is not.
    Optional<Integer> lookUp(String subject, Schema schema);

    /// The newest schema of the subject; empty when there is no such subject.
    Optional<RegisteredSchema> latest(String subject);

    /// The schema that was registered under the id.
    ///
    /// @throws UnknownSchemaException when the registry denies that the id exists
    Schema schemaById(int id);

    @Override
    default void close() {}
}
