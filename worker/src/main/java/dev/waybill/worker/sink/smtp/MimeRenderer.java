package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimePart;
import jakarta.mail.internet.ParseException;
import jakarta.mail.util.StreamProvider;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
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

    /// A line break that does not go on with the same header.
    private static final Pattern ENDED = Pattern.compile("\\n(?![ \\t])|\\r(?!\\n)");

    private MimeRenderer() {}

    private static Session session(boolean unicode) {
        Properties properties = new Properties();
        properties.setProperty("mail.mime.allowutf8", Boolean.toString(unicode));
        return Session.getInstance(properties);
    }

    /// A part with what is in it.
    private record Entity(MimePart headers, Body body) {}

    private sealed interface Body {

        /// Bytes of its own.
        @SuppressWarnings("ArrayRecordComponent") // nobody compares it
        record Leaf(byte[] bytes, TransferEncoding encoding) implements Body {}

        /// Other parts, with a line between each two.
        record Parts(String boundary, List<Entity> parts) implements Body {}
    }

    /// Renders a message.
    ///
    /// @param date of the message, not of the attempt
    /// @throws MessagingException if it cannot be a message
    static OutgoingMessage render(EmailMessage message, MailAddress sender, Instant date) throws MessagingException {
        boolean unicode = isUnicode(message);
        Session session = unicode ? UNICODE : ASCII;
        MimeMessage mime = new MimeMessage(session);
        mime.setFrom(address(message.from()));
        mime.setRecipients(RecipientType.TO, addresses(message.to()));
        mime.setRecipients(RecipientType.CC, addresses(message.cc()));
        if (message.replyTo() != null) {
            mime.setReplyTo(addresses(List.of(message.replyTo())));
        }
        mime.setSubject(message.subject(), StandardCharsets.UTF_8.name());
        mime.setHeader("Date", DATE.format(date.atOffset(ZoneOffset.UTC)));
        mime.setHeader("Message-ID", id(message.messageId()));
        mime.setHeader("MIME-Version", "1.0");
        Entity whole = whole(mime, message);
        WireFormat wire = new WireFormat(expected(message));
        try {
            write(whole, session.getStreamProvider(), wire);
        } catch (IOException e) {
            throw new MessagingException("an array cannot be written to", e);
        }
        wire.end();
        return new OutgoingMessage(
                sender, recipients(message), unicode || sender.isUnicode(), wire.size(), wire.array(), wire.length());
    }

    /// Header and body as RFC 2046 has them. The library would look for its own parts anew for each
    /// message, which takes longer than all the rest.
    private static void write(Entity entity, StreamProvider streams, WireFormat out)
            throws MessagingException, IOException {
        for (String line : Collections.list(entity.headers().getAllHeaderLines())) {
            if (ENDED.matcher(line).find()) {
                throw new MessagingException("a header has more than one line");
            }
            line(line, out);
        }
        line("", out);
        switch (entity.body()) {
            case Body.Leaf(byte[] bytes, TransferEncoding encoding) -> encoding.write(bytes, streams, out);
            case Body.Parts(String boundary, List<Entity> parts) -> {
                for (Entity part : parts) {
                    line("--" + boundary, out);
                    write(part, streams, out);
                    line("", out);
                }
                line("--" + boundary + "--", out);
            }
        }
    }

    private static void line(String text, WireFormat out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        out.write('\n');
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

    private static Entity whole(MimeMessage mime, EmailMessage message) throws MessagingException {
        Attachment attachment = message.attachment();
        String boundary = boundary(message);
        return attachment == null
                ? body(mime, message, boundary)
                : parts(mime, "mixed", boundary, body(new MimeBodyPart(), message, boundary), file(attachment));
    }

    private static Entity body(MimePart headers, EmailMessage message, String boundary) throws MessagingException {
        String text = message.text();
        String html = message.html();
        if (text != null && html != null) {
            return parts(
                    headers,
                    "alternative",
                    boundary,
                    text(new MimeBodyPart(), text, "plain"),
                    text(new MimeBodyPart(), html, "html"));
        }
        return html != null ? text(headers, html, "html") : text(headers, text == null ? "" : text, "plain");
    }

    private static Entity parts(MimePart headers, String subtype, String boundary, Entity... parts)
            throws MessagingException {
        String own = subtype + "-" + boundary;
        headers.setHeader("Content-Type", "multipart/" + subtype + "; boundary=\"" + own + "\"");
        return new Entity(headers, new Body.Parts(own, List.of(parts)));
    }

    private static Entity text(MimePart headers, String text, String subtype) throws MessagingException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // Never 8bit, so that no server need have 8BITMIME.
        TransferEncoding encoding = TransferEncoding.of(bytes);
        headers.setHeader("Content-Type", "text/" + subtype + "; charset=UTF-8");
        headers.setHeader("Content-Transfer-Encoding", encoding.wireName());
        return new Entity(headers, new Body.Leaf(bytes, encoding));
    }

    private static Entity file(Attachment attachment) throws MessagingException {
        MimeBodyPart headers = new MimeBodyPart();
        headers.setHeader("Content-Type", type(attachment.contentType()));
        headers.setHeader("Content-Transfer-Encoding", TransferEncoding.BASE64.wireName());
        headers.setDisposition(Part.ATTACHMENT);
        headers.setFileName(attachment.filename());
        return new Entity(headers, new Body.Leaf(attachment.bytes().array(), TransferEncoding.BASE64));
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
}
