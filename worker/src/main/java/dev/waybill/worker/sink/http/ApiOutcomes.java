package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the statuses of APIs that send messages have in common; a provider first decides what it knows better.
public final class ApiOutcomes {

    /// A quota of a day or a month is not renewed sooner, whatever the headers say; the policy's cap counts too.
    private static final Duration QUOTA_WAIT = Duration.ofHours(1);

    private ApiOutcomes() {}

    /// What an answer means.
    ///
    /// @param code of the fault, of the provider's own making; `http_<status>` if it is null
    /// @param now  what dates in the answer are compared to
    public static Outcome of(Answer answer, @Nullable String code, Instant now) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return new Outcome.Delivered();
        }
        String named = code == null ? "http_" + status : code;
        return switch (status) {
            case 429 ->
                new Outcome.Throttled(
                        fault(ErrorCategory.THROTTLED, status, named, "too many requests"), hint(answer, now));
            case 401 -> permanent(ErrorCategory.AUTHENTICATION, status, named, "the API key is not accepted");
            case 403 -> permanent(ErrorCategory.CONFIGURATION, status, named, "the sender is not allowed");
            case 404, 405 -> permanent(ErrorCategory.CONFIGURATION, status, named, "there is no such API");
            case 408 -> retryable(answer, named, now);
            default ->
                status >= 500
                        ? retryable(answer, named, now)
                        : permanent(ErrorCategory.PAYLOAD, status, named, "the message is not accepted");
        };
    }

    private static Outcome retryable(Answer answer, String code, Instant now) {
        return new Outcome.Retryable(
                fault(ErrorCategory.RESPONSE, answer.status(), code, "the provider has trouble of its own"),
                hint(answer, now));
    }

    /// The account may send no more for now; the destination is left alone.
    public static Outcome quotaUsedUp(int status, String code) {
        return new Outcome.Throttled(
                fault(ErrorCategory.ACCOUNT, status, code, "the account's quota is used up"), QUOTA_WAIT);
    }

    /// It will not be otherwise the next time.
    public static Outcome permanent(ErrorCategory category, int status, String code, String message) {
        return new Outcome.Permanent(fault(category, status, code, message));
    }

    /// A fault with the provider's status. What the provider says is not repeated: it may quote the message.
    public static Fault fault(ErrorCategory category, int status, String code, String message) {
        return new Fault(category, code, message, status);
    }

    /// `Retry-After`; else `X-RateLimit-Reset`, in seconds of Unix time; null if there is no such hint.
    private static @Nullable Duration hint(Answer answer, Instant now) {
        Duration wait = RetryAfter.parse(answer.header("Retry-After"), now);
        return wait == null ? RetryAfter.reset(answer.header("X-RateLimit-Reset"), now) : wait;
    }

    /// What an answer to a connection test says that is not the one wanted.
    public static ConnectionError error(int status) {
        return switch (status) {
            case 401 -> ConnectionError.AUTH_FAILED;
            case 403 -> ConnectionError.PERMISSION_DENIED;
            case 404, 405 -> ConnectionError.NOT_FOUND;
            case 429 -> ConnectionError.RATE_LIMITED;
            default -> status >= 500 ? ConnectionError.UNAVAILABLE : ConnectionError.REJECTED;
        };
    }
}
