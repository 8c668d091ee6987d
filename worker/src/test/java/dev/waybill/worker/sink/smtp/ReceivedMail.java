package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.model.Bytes;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/// A message as who receives it reads it.
record ReceivedMail(MimeMessage message) {

    static ReceivedMail of(byte[] bytes) throws MessagingException {
        return new ReceivedMail(
                new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes)));
    }

    /// A part by its place in the message, counted from 0.
    MimeBodyPart part(int... path) throws MessagingException, IOException {
        MimeMultipart parts = (MimeMultipart) message.getContent();
        MimeBodyPart part = (MimeBodyPart) parts.getBodyPart(path[0]);
        for (int i = 1; i < path.length; i++) {
            part = (MimeBodyPart) ((MimeMultipart) part.getContent()).getBodyPart(path[i]);
        }
        return part;
    }

    /// The bytes of the file that stands after the text.
    Bytes attachment() throws MessagingException, IOException {
        return Bytes.of(part(1).getInputStream().readAllBytes());
    }

    static String text(MimeBodyPart part) throws MessagingException, IOException {
        return new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
