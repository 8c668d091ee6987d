package dev.waybill.worker.sink.sendgrid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads requests as strictly as SendGrid's description of its API has them: no unknown field, none missing, the right
/// types.
final class SendGridRequests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> FIELDS = Set.of(
            "personalizations",
            "from",
            "reply_to",
            "reply_to_list",
            "subject",
            "content",
            "attachments",
            "template_id",
            "headers",
            "categories",
            "custom_args",
            "send_at",
            "batch_id",
            "asm",
            "ip_pool_name",
            "mail_settings",
            "tracking_settings");
    private static final Set<String> PERSONALIZATION = Set.of(
            "from",
            "to",
            "cc",
            "bcc",
            "subject",
            "headers",
            "substitutions",
            "dynamic_template_data",
            "custom_args",
            "send_at");
    private static final Set<String> ATTACHMENT = Set.of("content", "type", "filename", "disposition", "content_id");

    private SendGridRequests() {}

    static JsonNode message(Received request) {
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).endsWith("/v3/mail/send");
        assertThat(request.headers()).containsEntry("content-type", "application/json");
        assertThat(request.headers().get("authorization")).startsWith("Bearer ");
        JsonNode message = JSON.readTree(request.body().array());
        check(message);
        return message;
    }

    private static void check(JsonNode message) {
        assertThat(message.propertyNames())
                .isSubsetOf(FIELDS)
                .contains("personalizations", "from", "subject", "content");
        assertThat(message.path("subject").asString()).isNotEmpty();
        checkAddress(message.path("from"));
        if (message.has("reply_to")) {
            checkAddress(message.path("reply_to"));
        }
        assertThat(message.path("personalizations")).hasSizeBetween(1, 1_000);
        message.path("personalizations").forEach(SendGridRequests::checkPersonalization);
        List<String> types = message.path("content")
                .valueStream()
                .peek(content -> {
                    assertThat(content.propertyNames()).containsExactlyInAnyOrder("type", "value");
                    assertThat(content.path("value").asString()).isNotEmpty();
                })
                .map(content -> content.path("type").asString())
                .toList();
        assertThat(types).isIn(List.of("text/plain"), List.of("text/html"), List.of("text/plain", "text/html"));
        message.path("headers").forEach(value -> assertThat(value.isString()).isTrue());
        assertThat(message.path("categories")).hasSizeLessThanOrEqualTo(10).allMatch(JsonNode::isString);
        message.path("attachments").forEach(attachment -> {
            assertThat(attachment.propertyNames()).isSubsetOf(ATTACHMENT).contains("filename", "content");
            assertThat(attachment.path("filename").asString()).isNotBlank();
            assertThat(attachment.path("type").asString()).isNotEmpty().doesNotContain(";");
        });
        JsonNode sandbox = message.at("/mail_settings/sandbox_mode");
        assertThat(sandbox.isMissingNode() || sandbox.path("enable").isBoolean())
                .isTrue();
    }

    private static void checkPersonalization(JsonNode one) {
        assertThat(one.propertyNames()).isSubsetOf(PERSONALIZATION).contains("to");
        assertThat(one.path("to")).isNotEmpty();
        Set<String> seen = new HashSet<>();
        for (String field : List.of("to", "cc", "bcc")) {
            one.path(field).forEach(address -> {
                checkAddress(address);
                assertThat(seen.add(address.path("email").asString())).isTrue();
            });
        }
        one.path("custom_args").forEach(value -> assertThat(value.isString()).isTrue());
    }

    private static void checkAddress(JsonNode address) {
        assertThat(address.propertyNames()).isSubsetOf("email", "name").contains("email");
        assertThat(address.path("email").asString()).contains("@");
        assertThat(address.path("name").asString("")).doesNotContain(",", ";");
    }

    /// The payload, which is attached, or is the text.
    static Bytes payload(JsonNode message) {
        return message.has("attachments")
                ? Bytes.of(Base64.getDecoder()
                        .decode(message.at("/attachments/0/content").asString()))
                : Bytes.of(message.at("/content/0/value").asString().getBytes(StandardCharsets.UTF_8));
    }
}
