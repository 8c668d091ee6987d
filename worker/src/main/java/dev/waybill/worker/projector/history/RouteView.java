package dev.waybill.worker.projector.history;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The delivery at one destination.
///
/// @param attempts the newest ones, oldest first
public record RouteView(
        UUID id,
        @Nullable Integer route,
        UUID destinationId,
        @Nullable String destinationName,
        @Nullable String kind,
        @Nullable String provider,
        String status,
        @Nullable String reason,
        int attemptCount,
        @Nullable Integer maxAttempts,
        @Nullable Instant firstAttemptAt,
        @Nullable Instant lastAttemptAt,
        @Nullable Instant deliveredAt,
        @Nullable Instant dueAt,
        @Nullable Integer responseCode,
        @Nullable Integer responseTimeMs,
        Map<String, String> responseHeaders,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable String ruleId,
        @Nullable Long ruleVersion,
        @Nullable String ruleSelection,
        @Nullable String ruleTier,
        Instant updatedAt,
        List<AttemptView> attempts) {}
