package dev.waybill.worker.sink.transfer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The server answered, and did not do what it was asked. What broke before an answer is another [IOException].
public final class RemoteException extends IOException {

    private static final long serialVersionUID = 1;

    /// What it gave as the reason, the same for all protocols.
    public enum Reason {
        NOT_FOUND,
        PERMISSION_DENIED,
        /// Something of that name is there.
        EXISTS,
        NO_SPACE,
        QUOTA,
        UNSUPPORTED,
        /// Not now: it is overloaded or shutting down.
        BUSY,
        /// The login does not hold.
        NOT_LOGGED_IN,
        /// The file or its name is not taken, whatever it holds.
        REFUSED,
        /// No reason.
        FAILED
    }

    private final Reason reason;
    private final int code;

    /// Makes one.
    ///
    /// @param code    the server's code
    /// @param message in our words: what a server says may quote what it was sent
    public RemoteException(Reason reason, int code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.code = code;
    }

    public Reason reason() {
        return reason;
    }

    public int code() {
        return code;
    }

    /// The same answer, with a reason found out by asking further.
    RemoteException because(Reason other, String message) {
        return new RemoteException(other, code, message, this);
    }
}
