package dev.waybill.worker.projector.store;

import org.jspecify.annotations.Nullable;

/// Why something could not be written or read.
public abstract sealed class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DatabaseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// Nothing is wrong with the data: the server is away, overloaded, locked or not as it should be. The same may be
    /// tried again later.
    public static final class Unavailable extends DatabaseException {

        private static final long serialVersionUID = 1L;

        private final boolean connectionLost;

        Unavailable(String message, @Nullable Throwable cause) {
            this(message, cause, false);
        }

        Unavailable(String message, @Nullable Throwable cause, boolean connectionLost) {
            super(message, cause);
            this.connectionLost = connectionLost;
        }

        /// Whether it certainly was the connection that failed, and not what was done on it: others may have failed
        /// with it.
        boolean isConnectionLost() {
            return connectionLost;
        }
    }

    /// The server refuses a value, and will do so each time.
    public static final class Refused extends DatabaseException {

        private static final long serialVersionUID = 1L;

        Refused(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
