package dev.waybill.worker.sink.file;

import java.io.IOException;

/// Something failed when readers could already see what was written: it may be there for good or not.
final class UnsureException extends IOException {

    private static final long serialVersionUID = 1;

    UnsureException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
