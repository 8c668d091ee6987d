package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import jakarta.activation.DataHandler;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.internet.ParseException;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// Makes of a message the bytes that a server gets: the same ones for every attempt.
final class MimeRenderer {

    /// Two ways to write addresses in headers; neither connects to anything.
    private static final Session ASCII = session(false);

    private static final Session UNICODE = session(true);

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss '+0000'", Locale.US);

    private static final String BINARY = "application/octet-stream";

    /// 3 bytes become 4, and 76 of those a line of 78.
    private static final double BASE64 = 4.0 / 3 * 78 / 76;

    /// Headers and boundaries, generously.
    private static final int HEADERS = 4 * 1024;

    private MimeRenderer() {}

    private static Session session(boolean unicode) {
        Properties properties = new Properties();
        properties.setProperty("mail.mime.allowutf8", Boolean.toString(unicode));
        return Session.getInstance(properties);
    }

    /// Renders a message.
    ///
    /// @param date of the message, not of the attempt
    /// @throws MessagingException if it cannot be a message
    static OutgoingMessage render(EmailMessage message, MailAddress sender, Instant date) throws MessagingException {
        boolean unicode = isUnicode(message);
        Rendered mime = new Rendered(unicode ? UNICODE : ASCII, id(message.messageId()));
        mime.setFrom(address(message.from()));
        mime.setRecipients(RecipientType.TO, addresses(message.to()));
        mime.setRecipients(RecipientType.CC, addresses(message.cc()));
        if (message.replyTo() != null) {
            mime.setReplyTo(addresses(List.of(message.replyTo())));
        }
        mime.setSubject(message.subject(), StandardCharsets.UTF_8.name());
        mime.setHeader("Date", DATE.format(date.atOffset(ZoneOffset.UTC)));
        Attachment attachment = message.attachment();
        String boundary = boundary(message);
        if (attachment == null) {
            body(mime, message, boundary);
        } else {
            MimeBodyPart text = new MimeBodyPart();
            body(text, message, boundary);
            mime.setContent(new Parts("mixed", "mixed-" + boundary, text, file(attachment)));
        }
        mime.saveChanges();
        WireFormat wire = new WireFormat(expected(message));
        try {
            mime.writeTo(wire);
        } catch (IOException e) {
            throw new MessagingException("an array cannot be written to", e);
        }
        wire.end();
        return new OutgoingMessage(
                sender, recipients(message), unicode || sender.isUnicode(), wire.size(), wire.array(), wire.length());
    }

    /// With its domain in ASCII if it can be.
    private static String id(String messageId) {
        return "<"
                + MailAddress.of(messageId.substring(1, messageId.length() - 1)).address() + ">";
    }

    private static boolean isUnicode(EmailMessage message) {
        List<EmailAddress> all = new ArrayList<>(List.of(message.from()));
        all.addAll(message.to());
        all.addAll(message.cc());
        all.addAll(message.bcc());
        if (message.replyTo() != null) {
            all.add(message.replyTo());
        }
        return all.stream().map(MailAddress::of).anyMatch(MailAddress::isUnicode);
    }

    /// Once each: a server would send a copy for every time it is told an address.
    private static List<MailAddress> recipients(EmailMessage message) {
        List<EmailAddress> all = new ArrayList<>(message.to());
        all.addAll(message.cc());
        all.addAll(message.bcc());
        return all.stream().map(MailAddress::of).distinct().toList();
    }

    private static InternetAddress[] addresses(List<EmailAddress> addresses) {
        return addresses.stream().map(MimeRenderer::address).toArray(InternetAddress[]::new);
    }

    private static InternetAddress address(EmailAddress address) {
        try {
            return new InternetAddress(
                    MailAddress.of(address).address(), address.name(), StandardCharsets.UTF_8.name());
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every JVM has UTF-8", e);
        }
    }

    private static void body(MimePart part, EmailMessage message, String boundary) throws MessagingException {
        String text = message.text();
        String html = message.html();
        if (text != null && html != null) {
            MimeBodyPart plain = new MimeBodyPart();
            text(plain, text, "plain");
            MimeBodyPart rich = new MimeBodyPart();
            text(rich, html, "html");
            part.setContent(new Parts("alternative", "alternative-" + boundary, plain, rich));
        } else if (html != null) {
            text(part, html, "html");
        } else {
            text(part, text == null ? "" : text, "plain");
        }
    }

    private static void text(MimePart part, String text, String subtype) throws MessagingException {
        String type = "text/" + subtype + "; charset=UTF-8";
        ByteArrayDataSource source = new ByteArrayDataSource(text.getBytes(StandardCharsets.UTF_8), type);
        part.setDataHandler(new DataHandler(source));
        part.setHeader("Content-Type", type);
        // Never 8bit, so that no server need have 8BITMIME.
        part.setHeader("Content-Transfer-Encoding", MimeUtility.getEncoding(source));
    }

    private static MimeBodyPart file(Attachment attachment) throws MessagingException {
        String type = type(attachment.contentType());
        MimeBodyPart part = new MimeBodyPart();
        part.setDataHandler(
                new DataHandler(new ByteArrayDataSource(attachment.bytes().array(), type)));
        part.setHeader("Content-Type", type);
        part.setHeader("Content-Transfer-Encoding", "base64");
        part.setDisposition(Part.ATTACHMENT);
        part.setFileName(attachment.filename());
        return part;
    }

    /// The payload's type if it can stand in a header. Parts and messages must not be in base64 (RFC 2046,
    /// section 5.2.1), and a payload is not to be taken for a part of ours.
    private static String type(String given) {
        try {
            ContentType type = new ContentType(given);
            boolean composed = type.match("multipart/*") || type.match("message/*");
            boolean plain = given.chars().allMatch(c -> c >= ' ' && c < 127);
            return composed || !plain ? BINARY : type.toString();
        } catch (ParseException _) {
            return BINARY;
        }
    }

    /// A line that stands in no part: it is made of what is in them.
    private static String boundary(EmailMessage message) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(message.messageId().getBytes(StandardCharsets.UTF_8));
            add(digest, message.text());
            add(digest, message.html());
            if (message.attachment() != null) {
                digest.update(message.attachment().bytes().array());
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, @Nullable String text) {
        if (text != null) {
            digest.update(text.getBytes(StandardCharsets.UTF_8));
        }
        digest.update((byte) 0);
    }

    private static int expected(EmailMessage message) {
        long text = length(message.text()) + length(message.html());
        long file =
                message.attachment() == null ? 0 : message.attachment().bytes().size();
        return Math.toIntExact((long) (file * BASE64) + text * 3 / 2 + HEADERS);
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /// With the id that it is given.
    private static final class Rendered extends MimeMessage {

        private final String id;

        Rendered(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }

    /// With the boundary that it is given; the library's own differ from time to time.
    private static final class Parts extends MimeMultipart {

        Parts(String subtype, String boundary, MimeBodyPart... parts) throws MessagingException {
            super(subtype, parts);
            contentType = "multipart/" + subtype + "; boundary=\"" + boundary + "\"";
        }
    }
}
