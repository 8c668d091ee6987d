package dev.waybill.worker.sink.smtp;

import java.util.List;

/// A message with its envelope.
///
/// @param isUnicode whether only a server with SMTPUTF8 takes it
/// @param size      bytes of the message, as `SIZE` counts them
/// @param wire      the message as it goes over the wire, to the line that ends it
/// @param length    of what is in the array
@SuppressWarnings("ArrayRecordComponent") // nobody compares it, and ten megabytes are not copied for that
record OutgoingMessage(
        MailAddress sender, List<MailAddress> recipients, boolean isUnicode, long size, byte[] wire, int length) {

    OutgoingMessage {
        recipients = List.copyOf(recipients);
    }
}
