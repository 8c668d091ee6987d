package dev.waybill.topology.policy;

import dev.waybill.topology.model.LastFailure;
import org.jspecify.annotations.Nullable;

/// What went wrong with an attempt.
///
/// @param code         short and stable, at most 100 characters, for example `http_503` or `connect_refused`
/// @param message      for people; never a payload or a secret
/// @param responseCode the receiver's code, where it answered with one
public record Fault(
        ErrorCategory category,
        String code,
        @Nullable String message,
        @Nullable Integer responseCode) {

    /// The width of `error_code` in the rows.
    private static final int CODE_MAX = 100;

    public Fault {
        if (code.isEmpty() || code.length() > CODE_MAX) {
            throw new IllegalArgumentException("an error code has 1 to " + CODE_MAX + " characters");
        }
    }

    public static Fault of(ErrorCategory category, String code, @Nullable String message) {
        return new Fault(category, code, message, null);
    }

    public LastFailure asLastFailure() {
        return new LastFailure(code, message, responseCode);
    }
}
