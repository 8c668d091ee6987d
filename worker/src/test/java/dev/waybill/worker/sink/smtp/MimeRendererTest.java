package dev.waybill.worker.sink.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What stands in a message, and that nothing in it can be more than that.
class MimeRendererTest {

    private static final Instant DATE = Instant.parse("2026-11-05T06:07:08Z");
    private static final EmailAddress FROM = new EmailAddress("Jürgen Müller", "reports@example.com");

    private static EmailMessage message(
            String subject, @Nullable String text, @Nullable String html, @Nullable Attachment attachment) {
        return new EmailMessage(
                "<d-1.0001@example.com>",
                FROM,
                EmailAddress.list("\"Büro, Süd\" <south@example.com>, north@example.com"),
                EmailAddress.list("copy@example.com"),
                EmailAddress.list("hidden@example.com, north@example.com"),
                new EmailAddress(null, "answers@example.com"),
                subject,
                text,
                html,
                attachment);
    }

    private static OutgoingMessage rendered(EmailMessage message) throws MessagingException {
        return MimeRenderer.render(message, MailAddress.of(message.from()), DATE);
    }

    /// As it arrives, that is without the dots of the wire.
    private static String arrived(EmailMessage message) throws MessagingException {
        OutgoingMessage outgoing = rendered(message);
        String wire = new String(outgoing.wire(), 0, outgoing.length(), StandardCharsets.UTF_8);
        assertThat(wire).endsWith("\r\n.\r\n");
        String text = wire.substring(0, wire.length() - 3).replace("\r\n..", "\r\n.");
        assertThat(outgoing.size()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        return text;
    }

    private static ReceivedMail read(EmailMessage message) throws MessagingException {
        return ReceivedMail.of(arrived(message).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void headers_are_ascii_and_read_as_they_were_meant() throws Exception {
        EmailMessage message = message("Größe 🚚 der Lieferung", "hello", null, null);

        String text = arrived(message);

        assertThat(text.chars()).allMatch(c -> c < 128);
        ReceivedMail mail = read(message);
        assertThat(mail.message().getSubject()).isEqualTo("Größe 🚚 der Lieferung");
        assertThat(((InternetAddress) mail.message().getFrom()[0]).getPersonal())
                .isEqualTo("Jürgen Müller");
        assertThat(((InternetAddress) mail.message().getAllRecipients()[0]).getPersonal())
                .isEqualTo("Büro, Süd");
        assertThat(mail.message().getReplyTo()).containsExactly(new InternetAddress("answers@example.com"));
        assertThat(mail.message().getMessageID()).isEqualTo("<d-1.0001@example.com>");
        assertThat(text).contains("Date: Thu, 5 Nov 2026 06:07:08 +0000\r\n", "\r\nMIME-Version: 1.0\r\n");
    }

    @Test
    void hidden_recipients_are_told_to_the_server_only() throws Exception {
        EmailMessage message = message("s", "hello", null, null);

        assertThat(arrived(message)).doesNotContain("hidden").doesNotContainIgnoringCase("bcc");
        assertThat(rendered(message).recipients())
                .extracting(MailAddress::address)
                .as("each once")
                .containsExactly("south@example.com", "north@example.com", "copy@example.com", "hidden@example.com");
    }

    @Test
    void a_subject_of_emoji_alone_survives_folding() throws Exception {
        String subject = "🚚📦✉️".repeat(80).substring(0, 400);

        EmailMessage message = message(subject, "hello", null, null);

        assertThat(read(message).message().getSubject()).isEqualTo(subject);
        assertThat(arrived(message).lines()).allMatch(line -> line.length() <= 78);
    }

    @Test
    void every_attempt_sends_the_same_bytes() throws Exception {
        EmailMessage message = message(
                "s", "text", "<p>html</p>", new Attachment("a.bin", "application/pdf", Bytes.of(new byte[100])));

        assertThat(arrived(message)).isEqualTo(arrived(message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "Grüße aus München",
                "日本語のテキスト",
                "a\r\nb\r\n",
                ".\r\n..\r\nFrom me\r\n",
                "trailing blank \r\nand tab\t\r\n",
                "=3D=E2 quoted?",
                ""
            })
    void text_arrives_as_it_was(String text) throws Exception {
        ReceivedMail mail = read(message("s", text, null, null));

        assertThat(new String(mail.message().getInputStream().readAllBytes(), StandardCharsets.UTF_8).stripTrailing())
                .isEqualTo(text.stripTrailing());
        assertThat(mail.message().getContentType()).isEqualTo("text/plain; charset=UTF-8");
    }

    @Test
    void long_lines_are_broken_for_the_wire_and_put_together_again() throws Exception {
        String text = "x".repeat(3_000) + "ü".repeat(3_000);

        EmailMessage message = message("s", text, null, null);

        assertThat(arrived(message).lines()).allMatch(line -> line.length() <= 78);
        assertThat(new String(read(message).message().getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @Test
    void text_and_html_are_alternatives_beside_the_file() throws Exception {
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        Attachment attachment = new Attachment("レポート 🚚 2026年.pdf", "application/pdf", Bytes.of(bytes));

        ReceivedMail mail = read(message("s", "Grüße", "<p>Grüße</p>", attachment));

        assertThat(mail.message().getContentType()).startsWith("multipart/mixed");
        assertThat(mail.part(0).getContentType()).startsWith("multipart/alternative");
        assertThat(ReceivedMail.text(mail.part(0, 0))).isEqualTo("Grüße");
        assertThat(mail.part(0, 0).getContentType()).isEqualTo("text/plain; charset=UTF-8");
        assertThat(ReceivedMail.text(mail.part(0, 1))).isEqualTo("<p>Grüße</p>");
        assertThat(mail.part(0, 1).getContentType()).isEqualTo("text/html; charset=UTF-8");
        MimeBodyPart file = mail.part(1);
        assertThat(file.getFileName()).isEqualTo("レポート 🚚 2026年.pdf");
        assertThat(file.getDisposition()).isEqualTo("attachment");
        assertThat(file.getContentType()).startsWith("application/pdf");
        assertThat(file.getEncoding()).isEqualTo("base64");
        assertThat(Arrays.equals(file.getInputStream().readAllBytes(), bytes)).isTrue();
    }

    @Test
    void html_alone_is_html() throws Exception {
        assertThat(read(message("s", null, "<p>Grüße</p>", null)).message().getContentType())
                .isEqualTo("text/html; charset=UTF-8");
    }

    @Test
    void parts_of_their_own_cannot_be_made_by_a_payload() throws Exception {
        EmailMessage message = message("s", "hello", "<p>hello</p>", null);
        String boundary = arrived(message)
                .lines()
                .filter(line -> line.startsWith("--"))
                .findFirst()
                .orElseThrow();

        String forged = boundary + "\r\nContent-Type: text/html\r\n\r\n<p>forged</p>\r\n" + boundary;
        ReceivedMail mail = read(message("s", forged, "<p>hello</p>", null));

        assertThat(ReceivedMail.text(mail.part(0)).strip()).isEqualTo(forged.strip());
        assertThat(((jakarta.mail.Multipart) mail.message().getContent()).getCount())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "application/pdf, application/pdf",
        "text/csv; charset=ISO-8859-1, text/csv; charset=ISO-8859-1",
        "multipart/mixed; boundary=x, application/octet-stream",
        "message/rfc822, application/octet-stream",
        "nonsense, application/octet-stream",
        "'', application/octet-stream",
        "text/plain[r][n]Bcc: all@example.com, application/octet-stream",
        "text/plain; x=\"[r][n]Bcc: all@example.com\", application/octet-stream",
        "text/plain; x=ü, application/octet-stream"
    })
    void a_type_that_cannot_stand_in_a_header_is_none(String given, String expected) throws Exception {
        String type = given.replace("[r]", "\r").replace("[n]", "\n");
        Attachment attachment = new Attachment("a", type, Bytes.of(new byte[] {1}));

        ReceivedMail mail = read(message("s", "t", null, attachment));

        assertThat(mail.part(1).getContentType()).startsWith(expected);
        assertThat(mail.message().getHeader("Bcc")).isNull();
        assertThat(mail.attachment()).isEqualTo(Bytes.of(new byte[] {1}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\"; x=\"b.pdf",
                "a;b.pdf",
                "a\\b.pdf",
                "../../etc/passwd",
                "=?UTF-8?B?YQ==?=",
                "a'b''c.pdf",
                "100%.pdf"
            })
    void a_name_stays_a_name(String name) throws Exception {
        ReceivedMail mail = read(message("s", "t", null, new Attachment(name, "text/plain", Bytes.of(new byte[0]))));

        assertThat(mail.part(1).getFileName()).isEqualTo(name);
    }

    @Test
    void a_long_name_survives() throws Exception {
        String name = "とても長い名前".repeat(28) + ".pdf";

        ReceivedMail mail = read(message("s", "t", null, new Attachment(name, "text/plain", Bytes.of(new byte[0]))));

        assertThat(mail.part(1).getFileName()).isEqualTo(name);
    }

    // --- addresses that are not in ASCII -----------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "a@example.com, a@example.com, false",
        "a@bücher.example, a@xn--bcher-kva.example, false",
        "jürgen@bücher.example, jürgen@xn--bcher-kva.example, true",
        "jürgen@example.com, jürgen@example.com, true",
        "a@straße.example, a@straße.example, true"
    })
    void a_domain_is_told_in_ascii_and_never_as_another_one(String address, String told, boolean unicode) {
        assertThat(MailAddress.of(address)).isEqualTo(new MailAddress(told, unicode));
    }

    @Test
    void an_address_that_needs_it_makes_a_message_for_servers_with_smtputf8() throws Exception {
        EmailMessage message = new EmailMessage(
                "<d-1.0001@bücher.example>",
                new EmailAddress("Jürgen", "jürgen@example.com"),
                EmailAddress.list("香川 <香川@example.jp>"),
                List.of(),
                List.of(),
                null,
                "Größe",
                "Grüße",
                null,
                null);

        assertThat(rendered(message).isUnicode()).isTrue();
        assertThat(arrived(message))
                .contains("jürgen@example.com", "香川@example.jp", "<d-1.0001@xn--bcher-kva.example>");
        assertThat(rendered(message("s", "t", null, null)).isUnicode()).isFalse();
    }
}
