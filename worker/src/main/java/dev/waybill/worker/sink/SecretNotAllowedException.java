package dev.waybill.worker.sink;

/// A secret reference that its organization may not use. The message says what is allowed.
public final class SecretNotAllowedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public SecretNotAllowedException(String message) {
        super(message);
    }
}
