package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Decides what a receiver's answer to a batch means for each member.
///
/// | answer                                                | means                                                 |
/// |-------------------------------------------------------|-------------------------------------------------------|
/// | 207 with `[{"id":"<delivery id>","status":422}, …]`   | each member has that status; one not named: ambiguous |
/// | 413, 431                                              | refused for its size                                  |
/// | 3xx, 401, 402, 403, 404, 405, 407, 410                | permanent for each: it is about the destination       |
/// | another status that is permanent                      | refused: a member may be the cause                    |
/// | any other                                             | the same outcome for each                             |
final class BatchAnswer {

    static final int MULTI_STATUS = 207;

    private static final JsonMapper JSON = new JsonMapper();

    private BatchAnswer() {}

    /// Whether each member has a status of its own.
    static boolean isMultiStatus(Answer answer) {
        return answer.status() == MULTI_STATUS;
    }

    /// Whether smaller batches may fare better.
    static boolean isRefusal(int status, Outcome outcome) {
        return outcome instanceof Outcome.Permanent
                && switch (status) {
                    case 401, 402, 403, 404, 405, 407, 410 -> false;
                    default -> status >= 400;
                };
    }

    static boolean isTooLarge(int status) {
        return status == 413 || status == 431;
    }

    /// The status of each member that the answer names, by delivery id. What is not as agreed names nobody.
    static Map<String, Integer> statuses(Answer answer) {
        Map<String, Integer> statuses = new HashMap<>();
        try {
            for (JsonNode one : JSON.readTree(answer.body().array())) {
                JsonNode id = one.get("id");
                JsonNode status = one.get("status");
                if (id != null && id.isString() && status != null && status.isInt() && isFinal(status.intValue())) {
                    statuses.put(id.stringValue(), status.intValue());
                }
            }
        } catch (JacksonException e) {
            return Map.of();
        }
        return statuses;
    }

    private static boolean isFinal(int status) {
        return status >= 200 && status < 600;
    }

    /// The outcome of a member of a 207.
    ///
    /// @param status null if the answer does not name it
    static Outcome member(@Nullable Integer status, @Nullable String retryAfter, Instant now, Policy policy) {
        return status == null
                ? new Outcome.Ambiguous(new Fault(
                        ErrorCategory.RESPONSE,
                        "http_207_not_named",
                        "the receiver answered 207 without a status for this delivery",
                        MULTI_STATUS))
                : WebhookOutcomes.of(status, retryAfter, now, policy);
    }
}
