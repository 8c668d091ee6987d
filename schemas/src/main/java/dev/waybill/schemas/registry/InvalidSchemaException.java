package dev.waybill.schemas.registry;

/// The registry accepts no such schema under the subject, or holds none where registering is switched off.
public final class InvalidSchemaException extends RegistryException {

    private static final long serialVersionUID = 1L;

    public InvalidSchemaException(String subject, String reason) {
        super("Subject " + subject + ": " + reason, null);
    }
}
