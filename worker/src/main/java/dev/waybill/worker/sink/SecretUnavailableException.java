package dev.waybill.worker.sink;

import org.jspecify.annotations.Nullable;

/// A secret that cannot be read now: not the destination's fault.
public final class SecretUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public SecretUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
