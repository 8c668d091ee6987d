package dev.waybill.schemas.registry;

import org.jspecify.annotations.Nullable;

/// No answer that could be trusted: unreachable, failing, or refusing our credentials. The same question
/// may be answered later, so what depends on it must wait and is never poison.
public final class RegistryUnavailableException extends RegistryException {

    private static final long serialVersionUID = 1L;

    public RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
