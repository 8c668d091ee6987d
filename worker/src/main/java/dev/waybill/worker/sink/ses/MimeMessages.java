package dev.waybill.worker.sink.ses;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import jakarta.activation.DataHandler;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Properties;

/// Writes messages as MIME (RFC 2045): SES carries files and headers of ours only in messages that are complete.
///
/// ```
///   mixed ─┬─ alternative ─┬─ text        a level of one part is left out
///          │               └─ html
///          └─ file
/// ```
final class MimeMessages {

    private static final Session SESSION = Session.getInstance(new Properties());
    private static final String UTF_8 = StandardCharsets.UTF_8.name();
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    private MimeMessages() {}

    /// The message. Who gets a blind copy is not in it: they are named beside it.
    ///
    /// @throws MessagingException if an address cannot be written
    static Bytes write(EmailMessage message, Date date) throws MessagingException, IOException {
        MimeMessage mime = new OwnId(message.messageId());
        mime.setFrom(address(message.from()));
        mime.setRecipients(RecipientType.TO, addresses(message.to()));
        if (!message.cc().isEmpty()) {
            mime.setRecipients(RecipientType.CC, addresses(message.cc()));
        }
        EmailAddress replyTo = message.replyTo();
        if (replyTo != null) {
            mime.setReplyTo(addresses(List.of(replyTo)));
        }
        mime.setSubject(message.subject(), UTF_8);
        mime.setSentDate(date);
        Attachment attachment = message.attachment();
        if (attachment == null) {
            body(message, mime);
        } else {
            MimeBodyPart body = new MimeBodyPart();
            body(message, body);
            mime.setContent(new MimeMultipart("mixed", body, file(attachment)));
        }
        mime.saveChanges();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        mime.writeTo(bytes);
        return Bytes.of(bytes.toByteArray());
    }

    private static void body(EmailMessage message, MimePart part) throws MessagingException {
        String text = message.text();
        String html = message.html();
        if (text != null && html != null) {
            part.setContent(new MimeMultipart("alternative", text(text, "plain"), text(html, "html")));
        } else if (html != null) {
            part.setText(html, UTF_8, "html");
        } else {
            part.setText(text == null ? "" : text, UTF_8, "plain");
        }
    }

    private static MimeBodyPart text(String text, String subtype) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setText(text, UTF_8, subtype);
        return part;
    }

    private static MimeBodyPart file(Attachment attachment) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setDataHandler(
                new DataHandler(new ByteArrayDataSource(attachment.bytes().array(), type(attachment.contentType()))));
        part.setFileName(attachment.filename());
        part.setDisposition(MimeBodyPart.ATTACHMENT);
        // Not to be chosen by content: line ends of a file are its own.
        part.setHeader("Content-Transfer-Encoding", "base64");
        return part;
    }

    private static String type(String contentType) {
        try {
            ContentType type = new ContentType(contentType);
            return type.match("multipart/*") || type.match("message/*") ? UNKNOWN_TYPE : type.toString();
        } catch (MessagingException _) {
            return UNKNOWN_TYPE;
        }
    }

    private static InternetAddress[] addresses(List<EmailAddress> addresses) throws MessagingException, IOException {
        InternetAddress[] written = new InternetAddress[addresses.size()];
        for (int i = 0; i < written.length; i++) {
            written[i] = address(addresses.get(i));
        }
        return written;
    }

    private static InternetAddress address(EmailAddress address) throws IOException {
        return new InternetAddress(address.address(), address.name(), UTF_8);
    }

    /// A message whose id is the same for every attempt, instead of one that is made up.
    private static final class OwnId extends MimeMessage {

        private final String id;

        OwnId(String id) {
            super(SESSION);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
