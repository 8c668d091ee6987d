package dev.waybill.worker.sink.resend;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchId;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import dev.waybill.worker.sink.email.EmailSettings.Composed;
import dev.waybill.worker.sink.http.ApiOutcomes;
import dev.waybill.worker.sink.http.ApiSettings;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpTarget;
import dev.waybill.worker.sink.http.JsonApi;
import java.time.InstantSource;
import java.util.List;
import org.apache.hc.core5.http.message.BasicHeader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Sends messages by `POST /emails`, and several of them by `POST /emails/batch`. The `Idempotency-Key` is the same for
/// every attempt at a delivery, so that Resend sends a message once within a day, however often it is asked.
final class ResendSink implements BatchSink {

    private static final JsonMapper JSON = new JsonMapper();

    private final ResendSettings settings;
    private final JsonApi api;
    private final InstantSource clock;
    private final HttpTarget emails;
    private final HttpTarget batch;
    private final HttpTarget domains;

    /// Makes it.
    ///
    /// @param api closed with it
    ResendSink(ResendSettings settings, JsonApi api, InstantSource clock) {
        this.settings = settings;
        this.api = api;
        this.clock = clock;
        ApiSettings resources = settings.api();
        this.emails = resources.resource("/emails");
        this.batch = resources.resource("/emails/batch");
        this.domains = resources.resource("/domains");
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        return switch (settings.email().compose(attempt)) {
            case Composed.Failed(Outcome.Failed outcome) -> api.notMade(outcome);
            case Composed.Ready(EmailMessage message) ->
                post(emails, attempt.delivery().id(), JSON.writeValueAsBytes(json(message)));
        };
    }

    @Override
    public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
        if (attempts.size() == 1) {
            return BatchReport.all(1, deliver(attempts.getFirst()));
        }
        ArrayNode messages = JSON.createArrayNode();
        for (Attempt attempt : attempts) {
            switch (settings.email().compose(attempt)) {
                // Alone it says what is wrong with it.
                case Composed.Failed(Outcome.Failed outcome) -> {
                    return new BatchReport.Refused(api.notMade(outcome), false);
                }
                case Composed.Ready(EmailMessage message) -> messages.add(json(message));
            }
        }
        List<String> ids = attempts.stream().map(one -> one.delivery().id()).toList();
        AttemptReport report = post(batch, BatchId.of(ids), JSON.writeValueAsBytes(messages));
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

    /// Posts once, however often it is asked.
    ///
    /// @param id of what is posted
    private AttemptReport post(HttpTarget target, String id, byte[] json) throws InterruptedException {
        // At most 256 characters, of which an id of ours may have 255.
        String key = BatchId.of(List.of(id, settings.api().destinationId()));
        return api.post(
                target,
                List.of(new BasicHeader("Idempotency-Key", key)),
                json,
                answer -> ResendOutcomes.of(answer, clock.instant()),
                List.of());
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
                    .put("content", attachment.base64());
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
        return switch (api.ask(steps, "GET", domains, null)) {
            case JsonApi.Reply.Failed(ConnectionReport report) -> report;
            case JsonApi.Reply.Answered(Answer answer) -> judge(steps, answer);
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
        ConnectionError error = ApiOutcomes.error(answer.status());
        if (name.equals("invalid_api_key")) {
            error = ConnectionError.AUTH_FAILED;
        } else if (name.endsWith("quota_exceeded")) {
            error = ConnectionError.QUOTA_EXCEEDED;
        }
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
        api.close();
    }
}
