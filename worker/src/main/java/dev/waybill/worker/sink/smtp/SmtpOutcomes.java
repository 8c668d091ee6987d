package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import dev.waybill.worker.sink.ConnectionError;
import java.util.Set;

/// Decides what a refusal means, by its code (RFC 5321), its enhanced code (RFC 3463) and what was asked
/// for. A refusal is certain: nobody has the message.
///
/// | code                                            | outcome                                     |
/// |-------------------------------------------------|---------------------------------------------|
/// | 421, 450, 451, 452 with an enhanced code 4.7.x  | Throttled; no server says for how long      |
/// | other 4yz, 454 among them                       | Retryable                                   |
/// | 530, 534, 535, 538                              | Permanent: credentials                      |
/// | other 5yz                                       | Permanent                                   |
///
/// The destination's policy may name codes that are permanent or retryable instead; permanent wins.
final class SmtpOutcomes {

    /// 4.7.x is about policy: greylisting, and rates (as in Exchange Online's 451 4.7.500 to 4.7.699).
    private static final Set<Integer> THROTTLING = Set.of(421, 450, 451, 452);

    private static final Set<Integer> CREDENTIALS = Set.of(530, 534, 535, 538);

    private static final String POLICY = "7";
    private static final String MAILBOX_FULL = "2.2";
    private static final String MESSAGE_TOO_BIG = "3.4";
    private static final String SYSTEM_FULL = "3.1";

    private final Set<Integer> permanent;
    private final Set<Integer> retryable;

    /// With what a destination's policy says of codes.
    SmtpOutcomes(Set<Integer> permanent, Set<Integer> retryable) {
        this.permanent = permanent;
        this.retryable = retryable;
    }

    Outcome.Failed refused(Step step, Reply reply) {
        int code = reply.code();
        if (permanent.contains(code)) {
            return new Permanent(fault(category(step, reply), step, reply));
        }
        if (isThrottled(reply)) {
            return new Throttled(fault(ErrorCategory.THROTTLED, step, reply), null);
        }
        if (reply.isTransient() || retryable.contains(code)) {
            return new Retryable(fault(category(step, reply), step, reply), null);
        }
        return new Permanent(fault(category(step, reply), step, reply));
    }

    private static boolean isThrottled(Reply reply) {
        return THROTTLING.contains(reply.code()) && reply.isAbout(POLICY);
    }

    private static ErrorCategory category(Step step, Reply reply) {
        int code = reply.code();
        if (CREDENTIALS.contains(code) || step == Step.AUTH) {
            return ErrorCategory.AUTHENTICATION;
        }
        if (reply.isAbout(MAILBOX_FULL) || reply.isAbout(SYSTEM_FULL) || code == 452) {
            return ErrorCategory.CAPACITY;
        }
        if (reply.isTransient()) {
            return ErrorCategory.RESPONSE;
        }
        if (reply.isAbout(MESSAGE_TOO_BIG)) {
            return ErrorCategory.PAYLOAD;
        }
        return switch (step) {
            case MAIL -> code == 552 ? ErrorCategory.PAYLOAD : ErrorCategory.CONFIGURATION;
            case RCPT -> code == 552 ? ErrorCategory.CAPACITY : ErrorCategory.CONFIGURATION;
            case MESSAGE -> ErrorCategory.PAYLOAD;
            case STARTTLS -> ErrorCategory.CONFIGURATION;
            case CONNECTION, HELLO, AUTH, DATA, NOOP -> ErrorCategory.RESPONSE;
        };
    }

    /// What the server says is not repeated: it may quote the message.
    private static Fault fault(ErrorCategory category, Step step, Reply reply) {
        return new Fault(
                category,
                "smtp_" + reply.code(),
                "the server refused " + step.what() + " (" + reply.codes() + ")",
                reply.code());
    }

    /// What a refusal stands for in a connection test.
    static ConnectionError error(Step step, Reply reply) {
        int code = reply.code();
        if (CREDENTIALS.contains(code)) {
            return ConnectionError.AUTH_FAILED;
        }
        if (isThrottled(reply)) {
            return ConnectionError.RATE_LIMITED;
        }
        if (reply.isAbout(MAILBOX_FULL) || (step == Step.RCPT && code == 552)) {
            return ConnectionError.NO_SPACE;
        }
        if (reply.isTransient()) {
            return ConnectionError.UNAVAILABLE;
        }
        return switch (step) {
            case AUTH -> ConnectionError.AUTH_FAILED;
            case STARTTLS -> ConnectionError.TLS_FAILED;
            case MAIL -> ConnectionError.PERMISSION_DENIED;
            case RCPT -> reply.isAbout(POLICY) ? ConnectionError.PERMISSION_DENIED : ConnectionError.NOT_FOUND;
            case CONNECTION, HELLO, DATA, MESSAGE, NOOP -> ConnectionError.REJECTED;
        };
    }
}
