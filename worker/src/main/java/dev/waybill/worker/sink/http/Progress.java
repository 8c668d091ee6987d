package dev.waybill.worker.sink.http;

import dev.waybill.worker.sink.PhaseClock;

/// What a request writes down on its way, for the report and for judging a failure. Used by its thread only.
final class Progress {

    final PhaseClock clock = new PhaseClock();
    final InFlight inFlight;
    Stage stage = Stage.LEASING;

    Progress(InFlight inFlight) {
        this.inFlight = inFlight;
    }
}
