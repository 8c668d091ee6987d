package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.inflight.InFlight;
import dev.waybill.worker.sink.tls.TlsFaults;
import java.net.SocketTimeoutException;

/// Decides what it means that a conversation ended before the server had said its last word.
///
/// The rule: as long as the line with the dot, which ends a message, may not have left, nobody can have the
/// message; afterwards everybody can.
final class SmtpFaults {

    private SmtpFaults() {}

    /// The attempt was ended from outside.
    static Outcome.Failed aborted(Stage stage, InFlight.Abort abort) {
        return switch (abort) {
            case CLOSED ->
                stage == Stage.ANSWERING
                        ? ambiguous(
                                ErrorCategory.CONNECTION_LOST, "closed", "the worker stopped waiting for the answer")
                        : closed();
            case CONNECT_TIMEOUT, TOTAL_TIMEOUT -> timedOut(stage);
        };
    }

    private static Outcome.Failed closed() {
        return new OurFault(Fault.of(ErrorCategory.INTERNAL, "closed", "the worker closed the destination"));
    }

    private static Outcome.Failed timedOut(Stage stage) {
        return switch (stage) {
            case LEASING -> DialFaults.noConnectionFree();
            case CONNECTING -> DialFaults.timedOut();
            case SECURING -> TlsFaults.timedOut();
            case GREETING -> retryable(ErrorCategory.TIMEOUT, "greeting_timeout", "the server did not say hello");
            case INTRODUCING, AUTHENTICATING, ADDRESSING ->
                retryable(ErrorCategory.TIMEOUT, "reply_timeout", "the server did not answer a command in time");
            case SENDING -> retryable(ErrorCategory.TIMEOUT, "send_timeout", "the message was not taken in time");
            case ANSWERING ->
                ambiguous(ErrorCategory.TIMEOUT, "response_timeout", "no answer to the message came in time");
        };
    }

    /// The connection failed while in the stage.
    static Outcome.Failed broken(Stage stage, Exception e) {
        if (stage == Stage.SECURING) {
            return TlsFaults.ofHandshake(e);
        }
        Outcome.Failed certificate = TlsFaults.ofClientCertificate(e);
        if (certificate != null) {
            return certificate;
        }
        if (e instanceof SocketTimeoutException) {
            return timedOut(stage);
        }
        if (e instanceof MalformedReplyException) {
            return malformed(stage);
        }
        return switch (stage) {
            case LEASING -> closed();
            case CONNECTING, SECURING -> retryable(ErrorCategory.CONNECT, "connect_failed", "the connection failed");
            case GREETING, INTRODUCING, AUTHENTICATING, ADDRESSING, SENDING ->
                retryable(
                        ErrorCategory.CONNECT, "connection_reset", "the connection broke before the message was sent");
            case ANSWERING ->
                ambiguous(
                        ErrorCategory.CONNECTION_LOST,
                        "connection_lost",
                        "the connection broke after the message was sent");
        };
    }

    private static Outcome.Failed malformed(Stage stage) {
        return stage == Stage.ANSWERING
                ? ambiguous(ErrorCategory.RESPONSE, "invalid_response", "the answer to the message is not SMTP")
                : retryable(ErrorCategory.RESPONSE, "invalid_response", "the server does not speak SMTP");
    }

    static Outcome.Failed tooLarge(long size, long max) {
        return new Permanent(Fault.of(
                ErrorCategory.PAYLOAD,
                "message_too_large",
                "the message has " + size + " bytes, and the server takes " + max));
    }

    static Outcome.Failed noUnicodeAddresses() {
        return new Permanent(Fault.of(
                ErrorCategory.CONFIGURATION,
                "smtputf8_not_offered",
                "an address is not in ASCII, and the server does not take such addresses"));
    }

    static Outcome.Failed noStartTls() {
        return new Permanent(
                Fault.of(ErrorCategory.CONFIGURATION, "starttls_not_offered", "the server does not offer STARTTLS"));
    }

    static Outcome.Failed noMechanism(String offered) {
        return new Permanent(Fault.of(
                ErrorCategory.CONFIGURATION,
                "auth_not_offered",
                offered.isEmpty()
                        ? "the server does not offer to authenticate"
                        : "the server offers other ways to authenticate"));
    }

    /// Something was said in the clear that would have counted as said in private.
    static Outcome.Failed injected() {
        return new Permanent(Fault.of(
                ErrorCategory.TLS, "starttls_injected", "the server said more than it was asked before TLS began"));
    }

    private static Outcome.Failed retryable(ErrorCategory category, String code, String message) {
        return new Retryable(Fault.of(category, code, message), null);
    }

    private static Outcome.Failed ambiguous(ErrorCategory category, String code, String message) {
        return new Ambiguous(Fault.of(category, code, message));
    }
}
