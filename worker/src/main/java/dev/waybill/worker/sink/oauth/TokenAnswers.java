package dev.waybill.worker.sink.oauth;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Decides what a token endpoint's answer means (RFC 6749, section 5). Whatever it is, nothing was
/// delivered yet.
final class TokenAnswers {

    private static final JsonMapper JSON = new JsonMapper();

    /// Tokens are a few kilobytes at most, and have to fit into headers and commands.
    static final int TOKEN_MAX = 8_192;

    /// Where the endpoint does not say how long a token lives.
    private static final Duration LIFE = Duration.ofMinutes(5);

    /// A longer life is not believed.
    private static final Duration LIFE_MAX = Duration.ofDays(1);

    private static final int SECONDS_DIGITS_MAX = 7;

    private TokenAnswers() {}

    /// What came of asking.
    sealed interface Read {

        /// A token.
        ///
        /// @param refresh a refresh token that takes the place of the one that was used; null if there is none
        record Granted(
                String token, Duration life, @Nullable String refresh) implements Read {

            /// Without the tokens.
            @Override
            public String toString() {
                return "Granted[" + life + "]";
            }
        }

        /// None.
        record Refused(Outcome.Failed outcome) implements Read {}
    }

    static Read of(Answer answer) {
        JsonNode body = body(answer);
        if (answer.status() == 200) {
            return granted(body);
        }
        String error = body.path("error").asString("");
        String name = error.matches("[a-z_]{1,60}") ? error : "";
        return new Read.Refused(refused(answer, name));
    }

    private static Read granted(JsonNode body) {
        String token = body.path("access_token").asString("");
        if (token.isEmpty() || token.length() > TOKEN_MAX || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            return new Read.Refused(new Outcome.Retryable(
                    fault(ErrorCategory.RESPONSE, "oauth_invalid_response", "the token endpoint gave no token", 200),
                    null));
        }
        long seconds = body.path("expires_in").asLong(LIFE.toSeconds());
        Duration life = Duration.ofSeconds(Math.clamp(seconds, 1, LIFE_MAX.toSeconds()));
        String refresh = body.path("refresh_token").asString("");
        return new Read.Granted(token, life, refresh.isEmpty() || refresh.length() > TOKEN_MAX ? null : refresh);
    }

    private static Outcome.Failed refused(Answer answer, String name) {
        int status = answer.status();
        String code = name.isEmpty() ? "oauth_http_" + status : "oauth_" + name;
        if (status == 429 || name.equals("slow_down")) {
            return new Outcome.Throttled(
                    fault(ErrorCategory.THROTTLED, code, "the token endpoint asks for fewer requests", status),
                    seconds(answer.header("Retry-After")));
        }
        if (status >= 500 || status == 408 || name.equals("temporarily_unavailable")) {
            return new Outcome.Retryable(
                    fault(ErrorCategory.RESPONSE, code, "the token endpoint has trouble of its own", status),
                    seconds(answer.header("Retry-After")));
        }
        boolean absent = status == 404 || status == 405 || (status >= 300 && status < 400);
        return new Outcome.Permanent(
                absent
                        ? fault(ErrorCategory.CONFIGURATION, code, "there is no token endpoint", status)
                        : fault(ErrorCategory.AUTHENTICATION, code, "the token endpoint gives no token", status));
    }

    /// What the endpoint says is not repeated: it may quote what it was sent.
    private static Fault fault(ErrorCategory category, String code, String message, int status) {
        return new Fault(category, code, message, status);
    }

    private static JsonNode body(Answer answer) {
        try {
            return JSON.readTree(answer.body().array());
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    private static @Nullable Duration seconds(@Nullable String header) {
        return header != null && header.strip().matches("[0-9]{1," + SECONDS_DIGITS_MAX + "}")
                ? Duration.ofSeconds(Long.parseLong(header.strip()))
                : null;
    }
}
