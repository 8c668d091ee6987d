package dev.waybill.worker.pool;

import java.io.IOException;

/// Somebody else was still connecting to the peer when the caller's time was over. Nothing was sent.
public final class SlowPeerException extends IOException {

    private static final long serialVersionUID = 1;

    SlowPeerException() {
        super("not connected in time");
    }
}
