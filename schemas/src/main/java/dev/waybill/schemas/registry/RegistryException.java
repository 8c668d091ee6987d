package dev.waybill.schemas.registry;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Why a schema could not be had. The subtypes are all the cases there are, so that a caller who switches
/// over them needs no default.
public abstract sealed class RegistryException extends SerializationException
        permits RegistryUnavailableException,
                UnknownSchemaException,
                IncompatibleSchemaException,
                InvalidSchemaException {

    private static final long serialVersionUID = 1L;

    RegistryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
