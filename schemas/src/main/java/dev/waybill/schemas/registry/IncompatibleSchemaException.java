package dev.waybill.schemas.registry;

/// The subject's compatibility rule forbids the schema (HTTP 409).
public final class IncompatibleSchemaException extends RegistryException {

    private static final long serialVersionUID = 1L;

    public IncompatibleSchemaException(String subject, String reason) {
        super(
                ("The registry refuses the schema for subject %s as incompatible with an earlier version: %s."
                                + " Give new fields a default, or set the subject's compatibility (PUT /config/%s).")
                        .formatted(subject, reason, subject),
                null);
    }
}
