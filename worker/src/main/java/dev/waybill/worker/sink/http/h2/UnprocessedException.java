package dev.waybill.worker.sink.http.h2;

import java.io.IOException;

/// The receiver has promised that it did nothing with the request, however much of it was sent.
public final class UnprocessedException extends IOException {

    private static final long serialVersionUID = 1;

    UnprocessedException(String message) {
        super(message);
    }
}
