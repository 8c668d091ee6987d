package dev.waybill.worker.sink.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.email.EmailSettings.Composed;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmailSettingsTest {

    private static final ConfigDef DEFINITION = EmailSettings.define(new ConfigDef());
    private static final int RECIPIENTS_MAX = 3;
    private static final int BYTES_MAX = 100;

    private static EmailSettings settings(String... more) {
        Map<String, String> given = new HashMap<>(Map.of("from", "Us <us@Example.com>", "to", "you@example.com"));
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        Destination destination = Samples.destination(Kind.EMAIL, "some", given);
        return EmailSettings.of(Settings.bind(DEFINITION, destination, new FakeSecrets()), destination, RECIPIENTS_MAX);
    }

    private static Attempt attempt(String contentType, String text, @Nullable String filename) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Samples.attempt(
                "d-1", new Payload("audit.report", contentType, Bytes.of(bytes), null, filename), Map.of());
    }

    private static EmailMessage message(EmailSettings settings, Attempt attempt) {
        return switch (settings.compose(attempt, BYTES_MAX)) {
            case Composed.Ready(EmailMessage message) -> message;
            case Composed.Failed(Outcome.Failed outcome) -> throw new AssertionError(outcome);
        };
    }

    private static String code(EmailSettings settings, Attempt attempt) {
        return switch (settings.compose(attempt, BYTES_MAX)) {
            case Composed.Ready(EmailMessage message) -> message.toString();
            case Composed.Failed(Outcome.Failed outcome) -> outcome.fault().code();
        };
    }

    @Test
    void withoutTemplatesTheMessageIsThePayload() {
        EmailMessage message = message(settings(), attempt("text/plain", "Grüße 🚚", null));
        assertThat(message.text()).isEqualTo("Grüße 🚚");
        assertThat(message.html()).isNull();
        assertThat(message.subject()).isEqualTo("audit.report");
        assertThat(message.attachment()).isNull();
        assertThat(message.messageId()).isEqualTo("<d-1.00000000-0000-0000-0000-000000000001@example.com>");
        assertThat(message(settings(), attempt("Text/HTML; charset=utf-8", "<p>", null))
                        .html())
                .isEqualTo("<p>");
    }

    @Test
    void templatesHaveTheDeliverysValues() {
        EmailMessage message = message(
                settings(
                        "subject",
                        "{{payload.type}} {{deliveryId}}",
                        "text",
                        "T {{payload.text}}",
                        "html",
                        "<i>{{payload.text}}</i>"),
                attempt("text/plain", "a<b", null));
        assertThat(message.subject()).isEqualTo("audit.report d-1");
        assertThat(message.text()).isEqualTo("T a<b");
        assertThat(message.html()).isEqualTo("<i>a&lt;b</i>");
    }

    @ParameterizedTest
    @CsvSource({",payload", "Bericht für März.pdf,Bericht für März.pdf", "日本語.pdf,日本語.pdf"})
    void thePayloadMayBeAFile(@Nullable String filename, String attached) {
        EmailMessage message = message(
                settings("text", "see the file", "attach", "true"), attempt("application/pdf", "%PDF", filename));
        assertThat(message.attachment())
                .isEqualTo(new EmailMessage.Attachment(attached, "application/pdf", Samples.body("%PDF")));
    }

    @Test
    void noValueCanBeginAHeader() {
        EmailMessage message = message(
                settings(
                        "subject",
                        "x {{payload.text}}",
                        "text",
                        "t",
                        "attach",
                        "true",
                        "attachment.name",
                        "{{payload.text}}.txt"),
                attempt("text/plain", "a\r\nBcc: x@y.z\u2028b", null));
        assertThat(message.subject()).isEqualTo("x a  Bcc: x@y.z b");
        assertThat(Objects.requireNonNull(message.attachment()).filename()).isEqualTo("a  Bcc: x@y.z b.txt");
    }

    @Test
    void aLongSubjectIsCutBetweenCharacters() {
        String subject = message(settings("subject", "🚚".repeat(600)), attempt("text/plain", "", null))
                .subject();
        assertThat(subject).isEqualTo("🚚".repeat(EmailSettings.SUBJECT_MAX));
    }

    @Test
    void whatCannotBecomeAMessageIsRefused() {
        assertThat(code(settings("subject", "{{metadata.customer}}"), attempt("text/plain", "a", null)))
                .isEqualTo("template_value_missing");
        assertThat(code(settings(), attempt("text/plain", "a".repeat(BYTES_MAX + 1), null)))
                .isEqualTo("message_too_large");
        Attempt binary = Samples.attempt(
                "d-1", new Payload("t", "image/png", Bytes.of(new byte[] {(byte) 0xff}), null, null), Map.of());
        assertThat(code(settings(), binary)).isEqualTo("template_value_missing");
        assertThat(message(settings("text", "t", "attach", "true"), binary).attachment())
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from|nobody",
                "from|a@x.com, b@x.com",
                "to|",
                "cc|x",
                "bcc|a@",
                "reply.to|a@x.com, b@x.com",
                "subject|{{nothing}}",
                "html|{{",
                "attach|true",
                "to|a@x.com,b@x.com,c@x.com,d@x.com"
            })
    void settingsThatCannotWorkAreRefused(String name, @Nullable String value) {
        assertThatThrownBy(() -> settings(name, value == null ? "" : value)).hasMessageContaining(name);
    }

    @Test
    void everyRecipientCounts() {
        assertThat(settings("cc", "a@x.com", "bcc", "b@x.com").bcc()).hasSize(1);
        assertThatThrownBy(() -> settings("cc", "a@x.com", "bcc", "b@x.com, c@x.com"))
                .hasMessageContaining("at most 3 recipients");
    }
}
