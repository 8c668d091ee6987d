package dev.waybill.worker.sink;

/// A secret that cannot be read now: not the destination's fault.
public final class SecretUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public SecretUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
