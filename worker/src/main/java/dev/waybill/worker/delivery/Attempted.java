package dev.waybill.worker.delivery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of the tasks of one call.
///
/// @param ended    those that have ended
/// @param observed what the call saw; null if the deliveries were over before one was made, or it was refused
/// @param split    those that go again, and how; null if none do
record Attempted(
        List<Ended> ended,
        @Nullable Observed observed,
        @Nullable Split split) {

    Attempted {
        ended = List.copyOf(ended);
    }

    static Attempted of(Ended ended, @Nullable Observed observed) {
        return new Attempted(List.of(ended), observed, null);
    }
}
