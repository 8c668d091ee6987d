package dev.waybill.topology.model;

import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything an attempt observed.
///
/// @param outcome         what it means for the route
/// @param responseCode    the receiver's code, where it answered with one
/// @param responseHeaders allow-listed headers of the response
/// @param responseExcerpt the first [#EXCERPT_MAX] bytes of the response text
/// @param bytesSent       bytes handed to the receiver
/// @param remoteAddress   address and port that was connected to
/// @param phases          where the time went
/// @param startedAt       when it began, by the worker's clock
public record AttemptReport(
        Outcome outcome,
        @Nullable Integer responseCode,
        Map<String, String> responseHeaders,
        @Nullable String responseExcerpt,
        @Nullable Long bytesSent,
        @Nullable String remoteAddress,
        Phases phases,
        Instant startedAt) {

    /// Enough to see what a receiver complained about, too little to fill a log with its pages.
    public static final int EXCERPT_MAX = 1024;

    public AttemptReport {
        responseHeaders = Map.copyOf(responseHeaders);
    }

    /// A report that knows no more than its outcome and duration.
    public static AttemptReport of(Outcome outcome, Instant startedAt, Duration total) {
        return new AttemptReport(outcome, null, Map.of(), null, null, null, Phases.total(total), startedAt);
    }

    /// Where the time of an attempt went; null where a phase did not occur, as on a reused connection.
    public record Phases(
            @Nullable Duration dns,
            @Nullable Duration connect,
            @Nullable Duration tls,
            @Nullable Duration firstByte,
            Duration total) {

        public static Phases total(Duration total) {
            return new Phases(null, null, null, null, total);
        }
    }
}
