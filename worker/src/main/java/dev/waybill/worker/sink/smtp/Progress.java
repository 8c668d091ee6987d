package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.inflight.InFlight;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a message writes down on its way, for the report and for judging a failure. Used by its thread only.
final class Progress {

    final PhaseClock clock = new PhaseClock();
    final InFlight inFlight;
    Stage stage = Stage.LEASING;
    long bytesSent;

    @Nullable
    String remoteAddress;

    /// How long it took to say who we are; null if nobody asked.
    @Nullable
    Duration authentication;

    Progress(InFlight inFlight) {
        this.inFlight = inFlight;
    }

    boolean isInterrupted() {
        return inFlight.reason() != null || Thread.currentThread().isInterrupted();
    }
}
