package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.http.ConnectionTest;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpTarget;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Judges the answers to tests that ask for more than a sign of life.
final class WebhookProbe {

    static final String REQUEST_ORIGIN = "WebHook-Request-Origin";
    static final String ALLOWED_ORIGIN = "WebHook-Allowed-Origin";

    /// Who asks. The specification wants a DNS expression that names the sender, not the machine.
    static final String ORIGIN = "waybill.dev";

    static final String PING_TYPE = "waybill.ping";
    static final Content PING =
            new Content.Inline(Bytes.of("{\"type\":\"waybill.ping\"}".getBytes(StandardCharsets.UTF_8)));

    private static final String ANY = "*";

    private WebhookProbe() {}

    static ConnectionReport handshake(HttpTarget target, HttpResult result) {
        ConnectionSteps steps = new ConnectionSteps();
        ConnectionTest.way(steps, target, result);
        return switch (result.reply()) {
            case NoAnswer none -> ConnectionTest.notAnswered(steps, target, result, none.outcome());
            case Answer answer -> {
                Problem problem = problem(answer);
                if (problem == null) {
                    steps.status(answer.status()).passed("answer", null);
                    problem = leave(answer);
                }
                yield problem == null
                        ? steps.passed("handshake", null, "deliveries are allowed")
                                .proved(Permission.WRITE)
                                .succeeded()
                        : steps.status(answer.status()).failed("handshake", null, problem);
            }
        };
    }

    private static @Nullable Problem leave(Answer answer) {
        String allowed = answer.header(ALLOWED_ORIGIN);
        if (allowed != null && (allowed.strip().equals(ANY) || allowed.strip().equalsIgnoreCase(ORIGIN))) {
            return null;
        }
        return new Problem(
                ConnectionError.PERMISSION_DENIED,
                allowed == null
                        ? "the answer has no " + ALLOWED_ORIGIN
                        : "the receiver allows deliveries from somebody else only",
                "Have the receiver answer OPTIONS with " + ALLOWED_ORIGIN + ": " + ORIGIN
                        + " or *, or test with head or" + " ping.",
                null,
                false);
    }

    static ConnectionReport ping(HttpTarget target, HttpResult result) {
        ConnectionSteps steps = new ConnectionSteps();
        ConnectionTest.way(steps, target, result);
        return switch (result.reply()) {
            case NoAnswer none -> ConnectionTest.notAnswered(steps, target, result, none.outcome());
            case Answer answer -> {
                Problem problem = problem(answer);
                steps.status(answer.status());
                yield problem == null
                        ? steps.passed("ping", null).proved(Permission.WRITE).succeeded()
                        : steps.failed("ping", null, problem);
            }
        };
    }

    /// What an answer complains of; null if it does not.
    private static @Nullable Problem problem(Answer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return null;
        }
        ConnectionError error = switch (status) {
            case 401, 407 -> ConnectionError.AUTH_FAILED;
            case 403 -> ConnectionError.PERMISSION_DENIED;
            case 404, 410 -> ConnectionError.NOT_FOUND;
            case 429 -> ConnectionError.RATE_LIMITED;
            case 507 -> ConnectionError.NO_SPACE;
            default -> status >= 500 ? ConnectionError.UNAVAILABLE : ConnectionError.REJECTED;
        };
        return new Problem(error, "the receiver answered " + status, error.hint(), Integer.toString(status), false);
    }
}
