package dev.waybill.worker.sink.http.h2;

import java.io.IOException;
import org.apache.hc.core5.http2.H2Error;

/// The receiver has given up one request, and not the connection.
public final class StreamResetException extends IOException {

    private static final long serialVersionUID = 1;

    StreamResetException(int code) {
        super("the receiver gave the request up: " + name(code));
    }

    private static String name(int code) {
        H2Error error = H2Error.getByCode(code);
        return error == null ? "unknown error " + code : error.name();
    }
}
