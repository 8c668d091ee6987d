package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Turns events into rows: one per delivery, one per delivery and destination, one per attempt.
public final class Fold {

    private final Map<DeliveryKey, DeliveryRow> deliveries = new HashMap<>();
    private final Map<RowKey, LogRow> logs = new HashMap<>();
    private final Map<RowKey, AttemptRow> attempts = new HashMap<>();
    private final Map<ClaimKey, Claim> claims = new HashMap<>();

    private Fold() {}

    public static RowChanges of(List<DeliveryEvent> events) {
        var fold = new Fold();
        events.forEach(fold::add);
        return new RowChanges(
                fold.deliveries.values(), fold.logs.values(), fold.attempts.values(), fold.claims.values());
    }

    private void add(DeliveryEvent event) {
        RequestFacts request = event.request();
        if (event.deliveryStatus() != null) {
            deliveries.merge(
                    new DeliveryKey(request.deliveryId(), request.organizationId(), request.queuedAt()),
                    DeliveryRow.of(event, event.deliveryStatus()),
                    DeliveryRow::merge);
        }
        Target target = event.target();
        if (target != null) {
            addTargeted(event, target);
        }
    }

    private void addTargeted(DeliveryEvent event, Target target) {
        String organization = event.request().organizationId();
        Instant queuedAt = event.request().queuedAt();
        if (event.status() != null) {
            LogRow row = LogRow.of(event, target, event.status());
            logs.merge(new RowKey(row.id(), organization, queuedAt), row, LogRow::merge);
        }
        if (event.type() == DeliveryEvent.Type.ATTEMPT) {
            AttemptRow row = AttemptRow.of(event, target);
            attempts.putIfAbsent(new RowKey(row.id(), organization, queuedAt), row);
        }
        claims.putIfAbsent(
                new ClaimKey(target.destinationId(), organization),
                new Claim(target.destinationId(), organization, target.name(), target.kind(), target.provider()));
    }

    private record DeliveryKey(String deliveryId, String organizationId, Instant queuedAt) {}

    /// The organization is part of it only here: in a table, the rows of those who do not own the destination are gone.
    private record RowKey(UUID id, String organizationId, Instant queuedAt) {}

    private record ClaimKey(UUID destinationId, String organizationId) {}
}
