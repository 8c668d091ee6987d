package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// A row of `deliveries`: one request, whatever became of it. An end beats the opening; else the highest rank wins.
public record DeliveryRow(
        RequestFacts request,
        String status,
        long rank,
        Instant at,
        int routes,
        @Nullable String reason,
        @Nullable String duplicateOf) {

    public static final String OPEN = "queued";

    private static final Comparator<DeliveryRow> ORDER = Comparator.comparing(DeliveryRow::ended)
            .thenComparingLong(DeliveryRow::rank)
            .thenComparing(DeliveryRow::at)
            .thenComparing(DeliveryRow::status);

    static DeliveryRow of(DeliveryEvent event, String deliveryStatus) {
        return new DeliveryRow(
                event.request(),
                deliveryStatus,
                event.rank(),
                event.at(),
                event.routes(),
                event.reason(),
                event.duplicateOf());
    }

    public boolean ended() {
        return !status.equals(OPEN);
    }

    public @Nullable Instant completedAt() {
        return ended() ? at : null;
    }

    DeliveryRow merge(DeliveryRow other) {
        return ORDER.compare(this, other) >= 0 ? this : other;
    }
}
