package dev.waybill.worker.sink.resend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads requests as strictly as Resend's documentation has them: no unknown field, none missing, the right types.
final class ResendRequests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> FIELDS = Set.of(
            "from",
            "to",
            "cc",
            "bcc",
            "reply_to",
            "subject",
            "text",
            "html",
            "headers",
            "attachments",
            "tags",
            "scheduled_at",
            "template",
            "topic_id");
    private static final Set<String> ATTACHMENT = Set.of("content", "path", "filename", "content_type", "content_id");

    private ResendRequests() {}

    /// The messages of a request.
    static List<JsonNode> messages(Received request) {
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.headers()).containsEntry("content-type", "application/json");
        assertThat(request.headers().get("idempotency-key")).hasSizeBetween(1, 256);
        assertThat(request.headers().get("authorization")).startsWith("Bearer ");
        JsonNode body = JSON.readTree(request.body().array());
        if (request.path().endsWith("/emails/batch")) {
            assertThat(body.isArray()).isTrue();
            assertThat(body).hasSizeBetween(1, 100);
            body.forEach(message -> assertThat(message.has("attachments")).isFalse());
            return body.valueStream().peek(ResendRequests::check).toList();
        }
        assertThat(request.path()).endsWith("/emails");
        check(body);
        return List.of(body);
    }

    private static void check(JsonNode message) {
        assertThat(message.propertyNames()).isSubsetOf(FIELDS).contains("from", "to", "subject");
        assertThat(message.path("from").isString()).isTrue();
        assertThat(message.path("subject").isString()).isTrue();
        assertThat(message.path("to")).hasSizeBetween(1, 50).allMatch(JsonNode::isString);
        assertThat(message.has("text") || message.has("html")).isTrue();
        message.path("headers").forEach(value -> assertThat(value.isString()).isTrue());
        message.path("attachments").forEach(attachment -> {
            assertThat(attachment.propertyNames()).isSubsetOf(ATTACHMENT).contains("filename", "content");
            assertThat(attachment.path("filename").asString()).isNotBlank();
        });
    }

    /// The payload, which is attached, or is the text.
    static Bytes payload(JsonNode message) {
        return message.has("attachments")
                ? Bytes.of(Base64.getDecoder()
                        .decode(message.at("/attachments/0/content").asString()))
                : Bytes.of(message.path("text").asString().getBytes(StandardCharsets.UTF_8));
    }
}
