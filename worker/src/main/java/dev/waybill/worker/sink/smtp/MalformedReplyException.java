package dev.waybill.worker.sink.smtp;

import java.io.IOException;

/// The other side does not speak SMTP.
final class MalformedReplyException extends IOException {

    private static final long serialVersionUID = 1;

    MalformedReplyException(String message) {
        super(message);
    }
}
