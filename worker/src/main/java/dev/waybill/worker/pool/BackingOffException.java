package dev.waybill.worker.pool;

import java.io.IOException;

/// No connection was tried: the peer has taken none several times in a row, and the time to try again has not come.
/// Nothing was sent.
public final class BackingOffException extends IOException {

    private static final long serialVersionUID = 1L;

    BackingOffException(int failures) {
        super("the last " + failures + " connections failed; the next is tried within " + Reconnects.LONGEST.toSeconds()
                + " s");
    }
}
