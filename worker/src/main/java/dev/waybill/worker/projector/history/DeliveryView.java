package dev.waybill.worker.projector.history;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A delivery with its routes and attempts, as the database has it.
///
/// @param status queued, then how it ended
/// @param routes one per destination that it came to, failovers included, in the order of their routes
public record DeliveryView(
        String deliveryId,
        String organizationId,
        String status,
        @Nullable String reason,
        @Nullable String duplicateOf,
        int routeCount,
        String payloadType,
        @Nullable Integer payloadSize,
        @Nullable String payloadHash,
        @Nullable String idempotencyKey,
        @Nullable String correlationId,
        @Nullable String crossSystemReference,
        Map<String, String> metadata,
        List<String> tags,
        @Nullable String requestedBy,
        @Nullable Instant requestedAt,
        Instant queuedAt,
        @Nullable Instant completedAt,
        String requestTopic,
        int requestPartition,
        long requestOffset,
        List<RouteView> routes) {}
