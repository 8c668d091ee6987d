package dev.waybill.worker.sink.email;

import dev.waybill.topology.model.Bytes;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message to send.
///
/// @param messageId the same for every attempt at a delivery, as in the header: `<…@domain>`
/// @param text      at least one of text and html is there
public record EmailMessage(
        String messageId,
        EmailAddress from,
        List<EmailAddress> to,
        List<EmailAddress> cc,
        List<EmailAddress> bcc,
        @Nullable EmailAddress replyTo,
        String subject,
        @Nullable String text,
        @Nullable String html,
        @Nullable Attachment attachment) {

    public EmailMessage {
        to = List.copyOf(to);
        cc = List.copyOf(cc);
        bcc = List.copyOf(bcc);
    }

    /// The payload as a file.
    public record Attachment(String filename, String contentType, Bytes bytes) {

        /// As JSON of providers has it.
        public String base64() {
            return Base64.getEncoder().encodeToString(bytes.array());
        }
    }

    /// How many receive it.
    public int recipients() {
        return to.size() + cc.size() + bcc.size();
    }
}
