package dev.waybill.local.projector;

import dev.waybill.avro.DeliveryAttempt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The events of a delivery as router and sinks write them.
final class History {

    private final String deliveryId;
    private final String organization;
    private final Instant queuedAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private final List<DeliveryAttempt> events = new ArrayList<>();

    private History(String deliveryId, String organization) {
        this.deliveryId = deliveryId;
        this.organization = organization;
    }

    /// Failed twice at the first destination, delivered to the second.
    static List<DeliveryAttempt> failedOver(String deliveryId, String organization, UUID first, UUID second) {
        var history = new History(deliveryId, organization);
        history.add("queued", first, "queued", "queued", 0, null);
        history.add("attempt", first, "retrying", null, 1, 503);
        history.add("attempt", first, "failed", null, 2, 503);
        history.add("queued", second, "queued", null, 0, null);
        history.add("attempt", second, "delivered", "delivered", 1, 200);
        return history.events;
    }

    /// Delivered at once.
    static List<DeliveryAttempt> delivered(String deliveryId, String organization, UUID destination) {
        var history = new History(deliveryId, organization);
        history.add("queued", destination, "queued", "queued", 0, null);
        history.add("attempt", destination, "delivered", "delivered", 1, 200);
        return history.events;
    }

    /// Turned away.
    static List<DeliveryAttempt> rejected(String deliveryId, String organization) {
        var history = new History(deliveryId, organization);
        history.add("settled", null, null, "rejected", 0, null);
        return history.events;
    }

    private void add(
            String event,
            @Nullable UUID destination,
            @Nullable String status,
            @Nullable String deliveryStatus,
            int attempt,
            @Nullable Integer code) {
        int rank = events.size();
        boolean failed = code != null && code >= 300;
        events.add(DeliveryAttempt.newBuilder()
                .setEvent(event)
                .setRank(rank)
                .setDeliveryId(deliveryId)
                .setOrganizationId(organization)
                .setRoute(destination == null ? -1 : 0)
                .setRoutes(destination == null ? 0 : 1)
                .setDestinationId(destination == null ? null : destination.toString())
                .setDestinationName(destination == null ? null : "name of " + destination)
                .setKind("webhook")
                .setProvider("webhook")
                .setStatus(status)
                .setDeliveryStatus(deliveryStatus)
                .setAttempt(attempt)
                .setAttempts(attempt)
                .setMaxAttempts(5)
                .setOutcome(code == null ? null : failed ? "Retryable" : "Delivered")
                .setErrorCode(failed ? "http_" + code : null)
                .setResponseCode(code)
                .setStartedAt(code == null ? null : queuedAt.plusMillis(rank))
                .setAt(queuedAt.plusMillis(rank + 1))
                .setPayloadType("audit.report")
                .setPayloadSize(1_024)
                .setPayloadHash("0".repeat(64))
                .setCorrelationId("c-" + deliveryId)
                .setMetadata(Map.of("source", "test"))
                .setTags(List.of("a", "b"))
                .setRequestTopic("requests")
                .setRequestPartition(0)
                .setRequestOffset(1)
                .setQueuedAt(queuedAt)
                .build());
    }
}
