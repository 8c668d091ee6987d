package dev.waybill.worker.sink.http;

import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.inflight.InFlight;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What a request writes down on its way, for the report and for judging a failure. Used by its thread only.
final class Progress {

    final PhaseClock clock = new PhaseClock();
    final InFlight inFlight;
    Stage stage = Stage.LEASING;
    long bytesSent;

    @Nullable
    String remoteAddress;

    @Nullable
    SSLSession tls;

    Progress(InFlight inFlight) {
        this.inFlight = inFlight;
    }

    /// A connection was found, and the request is about to be sent.
    void sendOn(Link link) {
        stage = Stage.SENDING;
        remoteAddress = link.remoteAddress();
        tls = link.session();
    }

    boolean isInterrupted() {
        return inFlight.reason() != null || Thread.currentThread().isInterrupted();
    }
}
