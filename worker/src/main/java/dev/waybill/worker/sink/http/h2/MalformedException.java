package dev.waybill.worker.sink.http.h2;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What the receiver sent is not HTTP/2, or beyond all bounds.
public final class MalformedException extends IOException {

    private static final long serialVersionUID = 1;

    MalformedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
