package dev.waybill.worker.sink.sendgrid;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.http.ApiOutcomes;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Decides what an answer of SendGrid means
/// (https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/responses). Its errors name the
/// field that is wrong, and have no codes.
final class SendGridOutcomes {

    private static final JsonMapper JSON = new JsonMapper();

    /// The text of the 401 of an account that has sent all it may:
    /// https://support.sendgrid.com/hc/en-us/articles/35466138799899.
    private static final String NO_CREDITS = "maximum credits exceeded";

    private SendGridOutcomes() {}

    static Outcome of(Answer answer, Instant now) {
        return hasNoCredits(answer)
                ? ApiOutcomes.quotaUsedUp(answer.status(), "sendgrid_no_credits")
                : ApiOutcomes.of(answer, code(answer), now);
    }

    /// What an answer to a connection test says that is not the one wanted.
    static ConnectionError error(Answer answer) {
        return hasNoCredits(answer) ? ConnectionError.QUOTA_EXCEEDED : ApiOutcomes.error(answer.status());
    }

    /// The status, and the field that the first error names: `http_400_from_email`.
    static String code(Answer answer) {
        String field = first(answer).path("field").asString("");
        return "http_" + answer.status() + (field.matches("[a-z_.0-9]{1,80}") ? "_" + field.replace('.', '_') : "");
    }

    private static boolean hasNoCredits(Answer answer) {
        String message = first(answer).path("message").asString("");
        return answer.status() == 401 && message.toLowerCase(Locale.ROOT).contains(NO_CREDITS);
    }

    private static JsonNode first(Answer answer) {
        try {
            return JSON.readTree(answer.body().array()).path("errors").path(0);
        } catch (JacksonException _) {
            return JSON.missingNode();
        }
    }
}
