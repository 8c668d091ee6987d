package dev.waybill.worker.sink.transfer;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import dev.waybill.worker.sink.transfer.Run.Abort;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Decides what a failed transfer means. A server that answered has not taken the file, whatever the answer;
/// one that did not answer may have, once it was asked to publish it.
///
/// @param provider what the codes begin with
public record TransferFaults(String provider) {

    /// The server refused.
    public Outcome.Failed refused(RemoteException e) {
        Integer code = e.code() == 0 ? null : e.code();
        String message = String.valueOf(e.getMessage());
        return switch (e.reason()) {
            case NOT_FOUND -> new Permanent(fault(ErrorCategory.CONFIGURATION, "not_found", message, code));
            case PERMISSION_DENIED ->
                new Permanent(fault(ErrorCategory.CONFIGURATION, "permission_denied", message, code));
            case EXISTS -> new Permanent(fault(ErrorCategory.PAYLOAD, "file_exists", message, code));
            case NO_SPACE -> new Retryable(fault(ErrorCategory.CAPACITY, "no_space", message, code), null);
            case QUOTA -> new Permanent(fault(ErrorCategory.CAPACITY, "quota_exceeded", message, code));
            case UNSUPPORTED -> new Permanent(fault(ErrorCategory.CONFIGURATION, "unsupported", message, code));
            case BUSY -> new Retryable(fault(ErrorCategory.RESPONSE, "busy", message, code), null);
            case NOT_LOGGED_IN -> new Permanent(fault(ErrorCategory.AUTHENTICATION, "login_failed", message, code));
            case REFUSED -> new Permanent(fault(ErrorCategory.PAYLOAD, "refused", message, code));
            case FAILED -> new Retryable(fault(ErrorCategory.RESPONSE, "failed", message, code), null);
        };
    }

    /// What a connection test calls it.
    static ConnectionError error(Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> ConnectionError.NOT_FOUND;
            case PERMISSION_DENIED -> ConnectionError.PERMISSION_DENIED;
            case NO_SPACE -> ConnectionError.NO_SPACE;
            case QUOTA -> ConnectionError.QUOTA_EXCEEDED;
            case UNSUPPORTED -> ConnectionError.PROTOCOL_ERROR;
            case NOT_LOGGED_IN -> ConnectionError.AUTH_FAILED;
            case EXISTS, REFUSED -> ConnectionError.REJECTED;
            case BUSY, FAILED -> ConnectionError.UNAVAILABLE;
        };
    }

    /// The connection broke, or was aborted.
    ///
    /// @param stage how far the file had come
    Outcome.Failed lost(@Nullable Abort abort, Upload.Stage stage) {
        if (stage == Upload.Stage.UNSEEN) {
            return switch (abort) {
                case null -> new Retryable(lost(), null);
                case ANSWER_TIMEOUT, TOTAL_TIMEOUT -> new Retryable(late(abort), null);
                case CLOSED -> closed();
            };
        }
        return switch (abort) {
            case null -> new Ambiguous(lost());
            case ANSWER_TIMEOUT, TOTAL_TIMEOUT -> new Ambiguous(late(abort));
            case CLOSED ->
                new Ambiguous(fault(ErrorCategory.INTERNAL, "closed", "closed before the server answered", null));
        };
    }

    private Fault lost() {
        return fault(ErrorCategory.CONNECTION_LOST, "connection_lost", "the connection broke", null);
    }

    private Fault late(Abort abort) {
        return abort == Abort.TOTAL_TIMEOUT
                ? fault(ErrorCategory.TIMEOUT, "total_timeout", "it was not done in time", null)
                : fault(ErrorCategory.TIMEOUT, "answer_timeout", "the server did not answer in time", null);
    }

    Outcome.Failed closed() {
        return new OurFault(Fault.of(ErrorCategory.INTERNAL, "closed", "the worker closed the destination"));
    }

    /// A member of a batch for which no time was left.
    Outcome.Failed notBegun(Duration total) {
        return new Retryable(
                fault(
                        ErrorCategory.TIMEOUT,
                        "not_begun",
                        "the files before it took all the time, " + total.toSeconds() + " s",
                        null),
                null);
    }

    static Outcome.Failed unnamed(Exception e) {
        return new Permanent(Fault.of(
                ErrorCategory.PAYLOAD,
                e instanceof PathTemplate.MissingValueException ? "template_value_missing" : "file_name_too_long",
                e.getMessage()));
    }

    private Fault fault(ErrorCategory category, String code, String message, @Nullable Integer responseCode) {
        return new Fault(category, provider + "_" + code, message, responseCode);
    }
}
