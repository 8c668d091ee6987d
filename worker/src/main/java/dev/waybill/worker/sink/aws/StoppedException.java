package dev.waybill.worker.sink.aws;

import java.io.IOException;

/// Carries an interrupt through the SDK.
final class StoppedException extends IOException {

    private static final long serialVersionUID = 1;

    StoppedException() {
        super("the worker is stopping");
    }
}
