package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Decides what a receiver's answer means.
///
/// | status                       | outcome                               |
/// |------------------------------|---------------------------------------|
/// | 2xx                          | Delivered                             |
/// | 429; 503 with `Retry-After`  | Throttled                             |
/// | 408, 409, 423, 425, 5xx      | Retryable                             |
/// | all others                   | Permanent; redirects are not followed |
///
/// Except for 2xx, the destination's policy may name codes that are permanent or retryable instead; permanent
/// wins.
final class WebhookOutcomes {

    private WebhookOutcomes() {}

    static Outcome of(int status, @Nullable String retryAfter, Instant now, Policy policy) {
        if (status >= 200 && status < 300) {
            return new Outcome.Delivered();
        }
        if (policy.permanentCodes().contains(status)) {
            return new Outcome.Permanent(fault(status));
        }
        Duration hint = RetryAfter.parse(retryAfter, now);
        if (isThrottled(status, hint)) {
            return new Outcome.Throttled(fault(status), hint);
        }
        if (isRetryable(status) || policy.retryableCodes().contains(status)) {
            return new Outcome.Retryable(fault(status), hint);
        }
        return new Outcome.Permanent(fault(status));
    }

    private static boolean isThrottled(int status, @Nullable Duration hint) {
        return status == 429 || (status == 503 && hint != null);
    }

    private static boolean isRetryable(int status) {
        return switch (status) {
            case 408, 409, 423, 425 -> true;
            default -> status >= 500 && status < 600;
        };
    }

    private static Fault fault(int status) {
        return new Fault(category(status), "http_" + status, message(status), status);
    }

    private static ErrorCategory category(int status) {
        return switch (status) {
            case 401, 403, 407 -> ErrorCategory.AUTHENTICATION;
            case 413, 415 -> ErrorCategory.PAYLOAD;
            case 429 -> ErrorCategory.THROTTLED;
            case 507 -> ErrorCategory.CAPACITY;
            default -> ErrorCategory.RESPONSE;
        };
    }

    private static String message(int status) {
        if (status >= 300 && status < 400) {
            return "the receiver redirects (" + status + "), which is not followed";
        }
        return status == 410 ? "the receiver is gone for good (410)" : "the receiver answered " + status;
    }
}
