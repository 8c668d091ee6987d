package dev.waybill.worker.sink.resend;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchId;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import dev.waybill.worker.sink.email.EmailSettings.Composed;
import dev.waybill.worker.sink.http.ConnectionTest;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpHeaders;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Sends messages by `POST /emails`, and several of them by `POST /emails/batch`. The `Idempotency-Key` is the same for
/// every
/// attempt at a delivery, so that Resend sends a message once within a day, however often it is asked.
final class ResendSink implements BatchSink {

    private static final JsonMapper JSON = new JsonMapper();

    /// All of an error's body, and the ids of a batch.
    private static final int ANSWER_MAX = 16 * 1024;

    private final ResendSettings settings;
    private final HttpCall.Timeouts timeouts;
    private final HttpLine line;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Header userAgent;

    ResendSink(
            ResendSettings settings,
            Policy policy,
            HttpLine line,
            Secrets secrets,
            InstantSource clock,
            Header userAgent) {
        this.settings = settings;
        this.timeouts = HttpCall.Timeouts.of(policy);
        this.line = line;
        this.secrets = secrets;
        this.clock = clock;
        this.userAgent = userAgent;
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        return switch (settings.email().compose(attempt, ResendSettings.PAYLOAD_MAX)) {
            case Composed.Failed(Outcome.Failed outcome) -> notSent(outcome);
            case Composed.Ready(EmailMessage message) ->
                post(settings.emails(), key(attempt.delivery().id()), JSON.writeValueAsBytes(json(message)));
        };
    }

    @Override
    public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
        if (attempts.size() == 1) {
            return BatchReport.all(1, deliver(attempts.getFirst()));
        }
        ArrayNode messages = JSON.createArrayNode();
        for (Attempt attempt : attempts) {
            switch (settings.email().compose(attempt, ResendSettings.PAYLOAD_MAX)) {
                // Alone it says what is wrong with it.
                case Composed.Failed(Outcome.Failed outcome) -> {
                    return new BatchReport.Refused(notSent(outcome), false);
                }
                case Composed.Ready(EmailMessage message) -> messages.add(json(message));
            }
        }
        List<String> ids = attempts.stream().map(one -> one.delivery().id()).toList();
        AttemptReport report = post(settings.batch(), key(BatchId.of(ids)), JSON.writeValueAsBytes(messages));
        return isRefusal(report)
                ? new BatchReport.Refused(
                        report,
                        report.outcome() instanceof Outcome.Failed failed
                                && Integer.valueOf(413).equals(failed.fault().responseCode()))
                : BatchReport.all(attempts.size(), report);
    }

    /// A batch is taken as a whole or not at all, so one message that is not accepted hides the others.
    private static boolean isRefusal(AttemptReport report) {
        return report.outcome() instanceof Outcome.Permanent(Fault fault)
                && fault.category() == ErrorCategory.PAYLOAD
                && report.responseCode() != null;
    }

    private String key(String id) {
        // At most 256 characters, of which an id of ours may have 255.
        return BatchId.of(List.of(id, settings.destinationId()));
    }

    private AttemptReport notSent(Outcome outcome) {
        return AttemptReport.of(outcome, clock.instant(), Duration.ZERO);
    }

    private AttemptReport post(HttpTarget target, String key, byte[] body) throws InterruptedException {
        Instant startedAt = clock.instant();
        List<Header> headers;
        try {
            headers = headers();
        } catch (SecretNotAllowedException e) {
            return notSent(Failures.of(e));
        } catch (SecretUnavailableException e) {
            return notSent(Failures.of(e));
        } catch (IllegalArgumentException e) {
            return notSent(new Outcome.Permanent(
                    Fault.of(ErrorCategory.CONFIGURATION, "secret_invalid", String.valueOf(e.getMessage()))));
        }
        headers.add(new BasicHeader("Content-Type", "application/json"));
        headers.add(new BasicHeader("Idempotency-Key", key));
        HttpResult result = line.exchange(
                new HttpCall("POST", target, headers, new Content.Inline(Bytes.of(body)), timeouts, ANSWER_MAX, false),
                null);
        return switch (result.reply()) {
            case Answer answer -> report(ResendOutcomes.of(answer), answer.status(), result, startedAt);
            case NoAnswer none -> report(none.outcome(), null, result, startedAt);
        };
    }

    /// The answer's text is left out: an error may quote the message.
    private static AttemptReport report(
            Outcome outcome, @Nullable Integer status, HttpResult result, Instant startedAt) {
        return new AttemptReport(
                outcome,
                status,
                Map.of(),
                null,
                result.bytesSent(),
                result.remoteAddress(),
                result.phases(),
                startedAt);
    }

    private List<Header> headers() {
        String key =
                secrets.resolve(settings.organizationId(), settings.apiKey()).strip();
        String bearer = "Bearer " + key;
        if (!HttpHeaders.isValidValue(bearer)) {
            throw new IllegalArgumentException("the API key is not one line of visible ASCII");
        }
        List<Header> headers = new ArrayList<>();
        headers.add(userAgent);
        headers.add(new BasicHeader("Accept", "application/json"));
        headers.add(new BasicHeader("Authorization", bearer));
        return headers;
    }

    private static ObjectNode json(EmailMessage message) {
        ObjectNode json = JSON.createObjectNode();
        json.put("from", message.from().inOne());
        addresses(json, "to", message.to());
        addresses(json, "cc", message.cc());
        addresses(json, "bcc", message.bcc());
        if (message.replyTo() != null) {
            json.put("reply_to", message.replyTo().inOne());
        }
        json.put("subject", message.subject());
        if (message.text() != null) {
            json.put("text", message.text());
        }
        if (message.html() != null) {
            json.put("html", message.html());
        }
        json.putObject("headers").put("Message-ID", message.messageId());
        Attachment attachment = message.attachment();
        if (attachment != null) {
            json.putArray("attachments")
                    .addObject()
                    .put("filename", attachment.filename())
                    .put("content_type", attachment.contentType())
                    .put(
                            "content",
                            Base64.getEncoder()
                                    .encodeToString(attachment.bytes().array()));
        }
        return json;
    }

    private static void addresses(ObjectNode json, String field, List<EmailAddress> addresses) {
        if (!addresses.isEmpty()) {
            ArrayNode all = json.putArray(field);
            addresses.forEach(address -> all.add(address.inOne()));
        }
    }

    /// Lists the domains. A key that may only send is refused that, by a name that proves it is right.
    @Override
    public ConnectionReport test() throws InterruptedException {
        ConnectionSteps steps = new ConnectionSteps();
        List<Header> headers;
        try {
            headers = headers();
        } catch (SecretNotAllowedException | SecretUnavailableException e) {
            return steps.failed(
                    "credentials",
                    Phase.AUTHENTICATE,
                    ConnectionError.SECRET_UNAVAILABLE,
                    String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            return steps.failed(
                    "credentials", Phase.AUTHENTICATE, ConnectionError.AUTH_FAILED, String.valueOf(e.getMessage()));
        }
        HttpTarget target = settings.domains();
        HttpResult result = ConnectionTest.exchange(
                line, null, new HttpCall("GET", target, headers, null, timeouts, ANSWER_MAX, true));
        ConnectionTest.way(steps, target, result);
        return switch (result.reply()) {
            case NoAnswer none -> ConnectionTest.notAnswered(steps, target, result, none.outcome());
            case Answer answer -> judge(steps.status(answer.status()), answer);
        };
    }

    private static ConnectionReport judge(ConnectionSteps steps, Answer answer) {
        String name = ResendOutcomes.name(answer);
        if (answer.status() >= 200 && answer.status() < 300) {
            return steps.passed("authenticate", null).succeeded();
        }
        if (answer.status() == 401 && name.equals("restricted_api_key")) {
            return steps.passed("authenticate", null, "the key may only send").succeeded();
        }
        ConnectionError error = switch (answer.status()) {
            case 401 -> ConnectionError.AUTH_FAILED;
            case 403 ->
                name.equals("invalid_api_key") ? ConnectionError.AUTH_FAILED : ConnectionError.PERMISSION_DENIED;
            case 404, 405 -> ConnectionError.NOT_FOUND;
            case 429 -> name.endsWith("quota_exceeded") ? ConnectionError.QUOTA_EXCEEDED : ConnectionError.RATE_LIMITED;
            default -> answer.status() >= 500 ? ConnectionError.UNAVAILABLE : ConnectionError.REJECTED;
        };
        return steps.failed(
                "authenticate",
                null,
                new Problem(
                        error,
                        "Resend answered " + answer.status(),
                        error.hint(),
                        name.isEmpty() ? Integer.toString(answer.status()) : name,
                        false));
    }

    @Override
    public void close() {
        line.close();
    }
}
