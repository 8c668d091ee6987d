package dev.waybill.worker.sink.resend;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Decides what an answer of Resend means, by its status and the `name` in its body
/// (https://resend.com/docs/api-reference/errors).
final class ResendOutcomes {

    private static final JsonMapper JSON = new JsonMapper();

    /// A quota of a day or a month is not renewed sooner, whatever the headers say; the policy's cap counts too.
    private static final Duration QUOTA_WAIT = Duration.ofHours(1);

    private static final int SECONDS_DIGITS_MAX = 7;

    private ResendOutcomes() {}

    static Outcome of(Answer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return new Outcome.Delivered();
        }
        String name = name(answer);
        return switch (name) {
            case "concurrent_idempotent_requests" ->
                new Outcome.Retryable(
                        fault(ErrorCategory.RESPONSE, status, name, "the same message is being sent"), null);
            case "invalid_idempotent_request" ->
                permanent(ErrorCategory.PAYLOAD, status, name, "another message was sent for this delivery already");
            case "daily_quota_exceeded", "monthly_quota_exceeded" ->
                new Outcome.Throttled(
                        fault(ErrorCategory.THROTTLED, status, name, "the account's quota is used up"), QUOTA_WAIT);
            case "missing_api_key", "restricted_api_key", "invalid_api_key" ->
                permanent(ErrorCategory.AUTHENTICATION, status, name, "the API key is not accepted");
            default -> byStatus(answer, status, name);
        };
    }

    private static Outcome byStatus(Answer answer, int status, String name) {
        return switch (status) {
            case 429 ->
                new Outcome.Throttled(
                        fault(ErrorCategory.THROTTLED, status, name, "too many requests"),
                        seconds(answer.header("Retry-After")));
            case 401 -> permanent(ErrorCategory.AUTHENTICATION, status, name, "the API key is not accepted");
            case 403 -> permanent(ErrorCategory.CONFIGURATION, status, name, "the sender is not allowed");
            case 404, 405 -> permanent(ErrorCategory.CONFIGURATION, status, name, "there is no such API");
            case 408 -> retryable(answer, status, name);
            default ->
                status >= 500
                        ? retryable(answer, status, name)
                        : permanent(ErrorCategory.PAYLOAD, status, name, "the message is not accepted");
        };
    }

    private static Outcome retryable(Answer answer, int status, String name) {
        return new Outcome.Retryable(
                fault(ErrorCategory.RESPONSE, status, name, "Resend has trouble of its own"),
                seconds(answer.header("Retry-After")));
    }

    private static Outcome permanent(ErrorCategory category, int status, String name, String message) {
        return new Outcome.Permanent(fault(category, status, name, message));
    }

    /// What Resend says is not repeated: it may quote the message.
    private static Fault fault(ErrorCategory category, int status, String name, String message) {
        return new Fault(category, name.isEmpty() ? "http_" + status : "resend_" + name, message, status);
    }

    /// The name of an error; empty where the answer has none that could be one.
    static String name(Answer answer) {
        try {
            JsonNode body = JSON.readTree(answer.body().array());
            String name = body.path("name").asString("");
            return name.matches("[a-z_]{1,80}") ? name : "";
        } catch (JacksonException _) {
            return "";
        }
    }

    private static @Nullable Duration seconds(@Nullable String header) {
        return header != null && header.strip().matches("[0-9]{1," + SECONDS_DIGITS_MAX + "}")
                ? Duration.ofSeconds(Long.parseLong(header.strip()))
                : null;
    }
}
