package dev.waybill.worker.sink.sendgrid;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import dev.waybill.worker.sink.email.EmailSettings.Composed;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpTarget;
import dev.waybill.worker.sink.http.JsonApi;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Sends messages by `POST /v3/mail/send`. SendGrid has no idempotency key: an attempt whose answer was lost and that
/// is
/// repeated may send a message twice, under the same Message-ID.
final class SendGridSink implements Sink {

    private static final JsonMapper JSON = new JsonMapper();

    /// What the message is known by in SendGrid's activity feed.
    private static final String MESSAGE_ID = "X-Message-Id";

    /// What SendGrid's events carry, so that they can be told apart by delivery.
    private static final String DELIVERY_ID = "waybill_delivery_id";

    private static final String SEND_SCOPE = "mail.send";

    private final SendGridSettings settings;
    private final JsonApi api;
    private final InstantSource clock;
    private final HttpTarget send;
    private final HttpTarget scopes;

    /// Makes it.
    ///
    /// @param api closed with it
    SendGridSink(SendGridSettings settings, JsonApi api, InstantSource clock) {
        this.settings = settings;
        this.api = api;
        this.clock = clock;
        this.send = settings.api().resource("/v3/mail/send");
        this.scopes = settings.api().resource("/v3/scopes");
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        return switch (settings.email().compose(attempt)) {
            case Composed.Failed(Outcome.Failed outcome) -> api.notMade(outcome);
            case Composed.Ready(EmailMessage message) ->
                api.post(
                        send,
                        List.of(),
                        JSON.writeValueAsBytes(json(message, attempt.delivery().id())),
                        answer -> SendGridOutcomes.of(answer, clock.instant()),
                        List.of(MESSAGE_ID));
        };
    }

    private ObjectNode json(EmailMessage message, String deliveryId) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode personalizations = json.putArray("personalizations");
        if (settings.apart()) {
            message.to().forEach(one -> personalize(personalizations, List.of(one), deliveryId));
        } else {
            ObjectNode all = personalize(personalizations, message.to(), deliveryId);
            addresses(all, "cc", message.cc());
            addresses(all, "bcc", message.bcc());
        }
        json.set("from", address(message.from()));
        if (message.replyTo() != null) {
            json.set("reply_to", address(message.replyTo()));
        }
        json.put("subject", message.subject());
        content(json, message);
        json.putObject("headers").put("Message-ID", message.messageId());
        Attachment attachment = message.attachment();
        if (attachment != null) {
            json.putArray("attachments")
                    .addObject()
                    .put("content", attachment.base64())
                    .put("filename", attachment.filename())
                    .put("type", mediaType(attachment.contentType()))
                    .put("disposition", "attachment");
        }
        if (!settings.categories().isEmpty()) {
            ArrayNode categories = json.putArray("categories");
            settings.categories().forEach(categories::add);
        }
        return json;
    }

    /// Without parameters: SendGrid refuses a type with a semicolon.
    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters)).strip();
    }

    private static ObjectNode personalize(ArrayNode all, List<EmailAddress> to, String deliveryId) {
        ObjectNode one = all.addObject();
        addresses(one, "to", to);
        one.putObject("custom_args").put(DELIVERY_ID, deliveryId);
        return one;
    }

    /// Text comes first, as RFC 2046 and SendGrid have it. An empty text is one blank: SendGrid refuses less.
    private static void content(ObjectNode json, EmailMessage message) {
        ArrayNode content = json.putArray("content");
        if (message.text() != null) {
            content.addObject().put("type", "text/plain").put("value", orBlank(message.text()));
        }
        if (message.html() != null) {
            content.addObject().put("type", "text/html").put("value", orBlank(message.html()));
        }
    }

    private static String orBlank(String text) {
        return text.isEmpty() ? " " : text;
    }

    private static void addresses(ObjectNode json, String field, List<EmailAddress> addresses) {
        if (!addresses.isEmpty()) {
            ArrayNode all = json.putArray(field);
            addresses.forEach(one -> all.add(address(one)));
        }
    }

    private static ObjectNode address(EmailAddress address) {
        ObjectNode json = JSON.createObjectNode().put("email", address.address());
        if (address.name() != null && !address.name().isEmpty()) {
            json.put("name", address.name());
        }
        return json;
    }

    /// Asks what the key may do, and has a message checked in the sandbox, which sends nothing.
    @Override
    public ConnectionReport test() throws InterruptedException {
        ConnectionSteps steps = new ConnectionSteps();
        return switch (api.ask(steps, "GET", scopes, null)) {
            case JsonApi.Reply.Failed(ConnectionReport report) -> report;
            case JsonApi.Reply.Answered(Answer answer)
            when answer.status() != 200 -> failed(steps, "authenticate", answer);
            case JsonApi.Reply.Answered(Answer answer) -> {
                steps.passed("authenticate", null);
                yield maySend(answer) ? trySandbox(steps.passed("scope", null)) : mayNotSend(steps);
            }
        };
    }

    private static boolean maySend(Answer answer) {
        try {
            JsonNode scopes = JSON.readTree(answer.body().array()).path("scopes");
            return scopes.valueStream().anyMatch(scope -> scope.asString("").equals(SEND_SCOPE));
        } catch (JacksonException _) {
            return false;
        }
    }

    private static ConnectionReport mayNotSend(ConnectionSteps steps) {
        return steps.failed(
                "scope",
                null,
                new Problem(
                        ConnectionError.PERMISSION_DENIED,
                        "the API key lacks the scope " + SEND_SCOPE,
                        "Give the key the permission Mail Send.",
                        null,
                        false));
    }

    private ConnectionReport trySandbox(ConnectionSteps steps) throws InterruptedException {
        ObjectNode json = JSON.createObjectNode();
        addresses(
                json.putArray("personalizations").addObject(),
                "to",
                settings.email().to());
        json.set("from", address(settings.email().from()));
        json.put("subject", "Waybill's connection test");
        json.putArray("content").addObject().put("type", "text/plain").put("value", "Nothing of this is sent.");
        json.putObject("mail_settings").putObject("sandbox_mode").put("enable", true);
        return switch (api.ask(steps, "POST", send, JSON.writeValueAsBytes(json))) {
            case JsonApi.Reply.Failed(ConnectionReport report) -> report;
            case JsonApi.Reply.Answered(Answer answer)
            when answer.status() == 200 ->
                steps.passed("message", ConnectionReport.Phase.PROBE, "accepted by the sandbox")
                        .succeeded();
            case JsonApi.Reply.Answered(Answer answer) -> failed(steps, "message", answer);
        };
    }

    private static ConnectionReport failed(ConnectionSteps steps, String check, Answer answer) {
        ConnectionError error = SendGridOutcomes.error(answer);
        return steps.failed(
                check,
                null,
                new Problem(
                        error,
                        "SendGrid answered " + answer.status(),
                        error.hint(),
                        SendGridOutcomes.code(answer),
                        false));
    }

    @Override
    public void close() {
        api.close();
    }
}
