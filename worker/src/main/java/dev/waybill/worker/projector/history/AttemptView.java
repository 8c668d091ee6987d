package dev.waybill.worker.projector.history;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One attempt.
public record AttemptView(
        int attempt,
        @Nullable String outcome,
        @Nullable String status,
        @Nullable String errorCategory,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable Integer responseCode,
        Map<String, String> responseHeaders,
        @Nullable String responseExcerpt,
        @Nullable Long bytesSent,
        @Nullable String remoteAddress,
        @Nullable Long totalMicros,
        Instant startedAt,
        Instant finishedAt,
        @Nullable Instant dueAt,
        String trigger,
        @Nullable String worker) {}
