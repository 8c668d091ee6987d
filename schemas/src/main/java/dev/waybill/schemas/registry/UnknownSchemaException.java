package dev.waybill.schemas.registry;

import org.jspecify.annotations.Nullable;

/// The registry answered, and has no Avro schema of this id: bytes that carry the id can never be read.
public final class UnknownSchemaException extends RegistryException {

    private static final long serialVersionUID = 1L;

    public UnknownSchemaException(int id, String reason, @Nullable Throwable cause) {
        super("Schema id " + id + ": " + reason, cause);
    }
}
