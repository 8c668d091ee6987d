package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was seen of the receiver, or the error that took its place.
public record Observation(
        @Nullable String outcome,
        @Nullable String errorCategory,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable Integer responseCode,
        @Nullable Map<String, String> responseHeaders,
        @Nullable String responseExcerpt,
        @Nullable Long bytesSent,
        @Nullable String remoteAddress,
        @Nullable Phases phases,
        @Nullable Instant startedAt) {

    public static final Observation NOTHING =
            new Observation(null, null, null, null, null, null, null, null, null, null, null);

    /// Whether a row's response and error columns have anything to take from it.
    boolean says() {
        return errorCode != null || errorMessage != null || responseCode != null;
    }

    /// Phase times in microseconds.
    public record Phases(
            @Nullable Long dns,
            @Nullable Long connect,
            @Nullable Long tls,
            @Nullable Long firstByte,
            long total) {}
}
