package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every event repeats of the request it comes from. Equal in all events of a delivery.
///
/// @param queuedAt when the router accepted the request, in microseconds; part of every row's key
public record RequestFacts(
        String deliveryId,
        String organizationId,
        Instant queuedAt,
        String payloadType,
        int payloadSize,
        @Nullable String payloadHash,
        @Nullable String idempotencyKey,
        @Nullable String correlationId,
        @Nullable String crossSystemReference,
        Map<String, String> metadata,
        List<String> tags,
        @Nullable String requestedBy,
        @Nullable Instant requestedAt,
        String topic,
        int partition,
        long offset) {}
