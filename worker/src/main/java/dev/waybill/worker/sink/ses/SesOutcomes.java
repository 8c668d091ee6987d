package dev.waybill.worker.sink.ses;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.aws.AwsCodes;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import java.time.Duration;

/// Decides what a refusal of SES means, by its code, else by its status
/// (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html). Its message is not kept: it may quote
/// addresses.
final class SesOutcomes {

    /// A quota of a day is not renewed sooner, nor a suspension ended; the policy's cap counts too.
    static final Duration ACCOUNT_WAIT = Duration.ofHours(1);

    private SesOutcomes() {}

    static Outcome.Failed of(Refused<?> refused) {
        String code = refused.code();
        if (AwsCodes.isThrottle(refused)) {
            return new Outcome.Throttled(
                    fault(ErrorCategory.THROTTLED, refused, "the account sends too fast"), refused.retryAfter());
        }
        if (AwsCodes.isWrongClock(code)) {
            return new Outcome.OurFault(
                    fault(ErrorCategory.INTERNAL, refused, "the clocks of worker and service differ too much"));
        }
        if (AwsCodes.isUnknownKey(code) || AwsCodes.isEndedSession(code)) {
            return permanent(ErrorCategory.AUTHENTICATION, refused, "the credentials are not accepted");
        }
        return switch (code) {
            case "LimitExceededException" -> paused(refused, "the account's quota is used up");
            case "AccountSuspendedException" -> paused(refused, "the account may not send any more");
            case "SendingPausedException" -> paused(refused, "sending is paused for the account or configuration set");
            case "MailFromDomainNotVerifiedException" ->
                permanent(ErrorCategory.CONFIGURATION, refused, "the sender's MAIL FROM domain is not verified");
            case "NotFoundException" ->
                permanent(ErrorCategory.CONFIGURATION, refused, "what the settings name is not there");
            case "AccessDeniedException", "AccessDenied" ->
                permanent(ErrorCategory.AUTHENTICATION, refused, "the credentials do not allow it");
            case "ConcurrentModificationException", "ConflictException", "InternalServiceErrorException" ->
                retryable(refused);
            default -> byStatus(refused);
        };
    }

    private static Outcome.Failed byStatus(Refused<?> refused) {
        return switch (refused.status()) {
            case 401, 403 -> permanent(ErrorCategory.AUTHENTICATION, refused, "the credentials do not allow it");
            case 404, 405 -> permanent(ErrorCategory.CONFIGURATION, refused, "there is no such API");
            case 408, 409 -> retryable(refused);
            default ->
                refused.status() >= 500
                        ? retryable(refused)
                        : permanent(ErrorCategory.PAYLOAD, refused, "the message is not accepted");
        };
    }

    /// No message would be taken now, and all may be when somebody has mended it: the destination is left alone.
    private static Outcome.Failed paused(Refused<?> refused, String message) {
        return new Outcome.Throttled(fault(ErrorCategory.ACCOUNT, refused, message), ACCOUNT_WAIT);
    }

    private static Outcome.Failed retryable(Refused<?> refused) {
        return new Outcome.Retryable(
                fault(ErrorCategory.RESPONSE, refused, "SES has trouble of its own"), refused.retryAfter());
    }

    private static Outcome.Failed permanent(ErrorCategory category, Refused<?> refused, String message) {
        return new Outcome.Permanent(fault(category, refused, message));
    }

    private static Fault fault(ErrorCategory category, Refused<?> refused, String message) {
        return new Fault(category, AwsCodes.faultCode("ses", refused), message, refused.status());
    }
}
