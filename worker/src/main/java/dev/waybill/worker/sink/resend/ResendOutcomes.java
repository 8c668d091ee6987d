package dev.waybill.worker.sink.resend;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.http.ApiOutcomes;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Decides what an answer of Resend means, by its status and the `name` in its body
/// (https://resend.com/docs/api-reference/errors).
final class ResendOutcomes {

    private static final JsonMapper JSON = new JsonMapper();

    private ResendOutcomes() {}

    static Outcome of(Answer answer, Instant now) {
        int status = answer.status();
        String name = name(answer);
        String code = name.isEmpty() ? "http_" + status : "resend_" + name;
        return switch (name) {
            case "concurrent_idempotent_requests" ->
                new Outcome.Retryable(
                        ApiOutcomes.fault(ErrorCategory.RESPONSE, status, code, "the same message is being sent"),
                        null);
            case "invalid_idempotent_request" ->
                ApiOutcomes.permanent(
                        ErrorCategory.PAYLOAD, status, code, "another message was sent for this delivery already");
            case "daily_quota_exceeded", "monthly_quota_exceeded" -> ApiOutcomes.quotaUsedUp(status, code);
            case "missing_api_key", "restricted_api_key", "invalid_api_key" ->
                ApiOutcomes.permanent(ErrorCategory.AUTHENTICATION, status, code, "the API key is not accepted");
            default -> ApiOutcomes.of(answer, code, now);
        };
    }

    /// The name of an error; empty where the answer has none that could be one.
    static String name(Answer answer) {
        try {
            String name = JSON.readTree(answer.body().array()).path("name").asString("");
            return name.matches("[a-z_]{1,80}") ? name : "";
        } catch (JacksonException _) {
            return "";
        }
    }
}
