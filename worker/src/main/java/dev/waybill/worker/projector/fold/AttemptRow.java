package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.UUID;

/// A row of `delivery_attempts`: one attempt, written once.
public record AttemptRow(UUID id, Target target, DeliveryEvent event) {

    static AttemptRow of(DeliveryEvent event, Target target) {
        return new AttemptRow(
                RowIds.attempt(
                        event.request().deliveryId(),
                        target.destinationId(),
                        event.route(),
                        event.rank(),
                        event.request().queuedAt()),
                target,
                event);
    }

    public Instant startedAt() {
        return LogRow.startOf(event);
    }
}
