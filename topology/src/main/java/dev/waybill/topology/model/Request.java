package dev.waybill.topology.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a producer asked for. The meaning of each component is documented in `DeliveryRequest.avsc`.
public record Request(
        String deliveryId,
        String organizationId,
        Payload payload,
        List<String> destinations,
        @Nullable String userRole,
        List<String> tags,
        @Nullable Instant occurredAt,
        @Nullable String idempotencyKey,
        @Nullable String correlationId,
        @Nullable String crossSystemReference,
        Map<String, String> headers,
        @Nullable Integer maxAttempts,
        @Nullable Instant notAfter,
        Map<String, String> metadata,
        Instant requestedAt,
        @Nullable String requestedBy) {

    public Request {
        destinations = List.copyOf(destinations);
        tags = List.copyOf(tags);
        headers = Map.copyOf(headers);
        metadata = Map.copyOf(metadata);
    }

    /// What makes two requests of an organization the same one.
    public String deduplicationKey() {
        return idempotencyKey == null ? deliveryId : idempotencyKey;
    }
}
