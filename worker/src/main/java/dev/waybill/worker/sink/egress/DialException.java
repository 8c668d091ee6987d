package dev.waybill.worker.sink.egress;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// No connection: certainly nothing was sent.
public final class DialException extends IOException {

    private static final long serialVersionUID = 1;

    /// Why there is none.
    public enum Failure {
        /// The egress guard refuses every address of the name.
        DENIED,
        NAME_NOT_FOUND,
        NAME_TIMEOUT,
        /// All threads that resolve names are busy: our own shortage.
        RESOLVER_BUSY,
        REFUSED,
        UNREACHABLE,
        TIMEOUT
    }

    private final Failure failure;

    public DialException(Failure failure, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
