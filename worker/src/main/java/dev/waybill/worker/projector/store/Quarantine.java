package dev.waybill.worker.projector.store;

import java.time.Instant;
import java.util.Collection;

/// `projection_quarantine`: where a record stands that could not be projected, and why. Not what it contains.
final class Quarantine {

    record Row(String topic, int partition, long offset, String error, Instant recordedAt) {

        static Row of(Batch.Item item, String error) {
            return new Row(
                    item.partition().topic(), item.partition().partition(), item.offset(), error, item.recordedAt());
        }
    }

    private static final UnnestInsert<Row> ROWS = UnnestInsert.<Row>into("projection_quarantine")
            .text("topic", Row::topic)
            .integer("partition", Row::partition)
            .bigint("\"offset\"", Row::offset)
            .text("error", Row::error)
            .time("recorded_at", Row::recordedAt)
            .onConflict("on conflict do nothing");

    private Quarantine() {}

    static void write(Session session, Collection<Row> rows) {
        ROWS.write(session, rows);
    }
}
