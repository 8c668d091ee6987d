package dev.waybill.worker.projector.store;

import static dev.waybill.worker.projector.fold.Events.event;
import static dev.waybill.worker.projector.store.Batches.ATTEMPTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.fold.RouteStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    /// A Monday; [Events#QUEUED_AT] is on the same day.
    private static final Instant NOW = Instant.parse("2026-11-02T12:00:00Z");

    private static final PartitionGrid GRID = new PartitionGrid(7, Duration.ofDays(90));

    private final TestPostgres postgres = TestPostgres.migrated("partitions_" + System.nanoTime());
    private final Database database = postgres.database();
    private final Partitions partitions = new Partitions(database, GRID);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void partitionsAreMadeAheadOfTimeAndOnlyOnce() {
        // From the week 30 days ago to the week 28 days ahead, for three tables.
        assertThat(partitions.upkeep(NOW)).isEqualTo(new Partitions.Upkeep(3 * 10, 0));
        assertThat(partitions.upkeep(NOW)).isEqualTo(new Partitions.Upkeep(0, 0));
        assertThat(partitions.upkeep(NOW.plus(Duration.ofDays(7)))).isEqualTo(new Partitions.Upkeep(3, 0));

        write(delivery("d-1"));
        assertThat(postgres.rows("select tableoid::regclass from delivery_logs"))
                .containsExactly("(delivery_logs_p20261102)");
    }

    @Test
    void rowsOfTheDefaultPartitionMoveToTheirOwn() {
        write(delivery("d-1"));
        assertThat(postgres.rows("select tableoid::regclass from delivery_logs"))
                .containsExactly("(delivery_logs_default)");
        List<String> before = postgres.rows("select * from delivery_logs");

        partitions.upkeep(NOW);
        assertThat(postgres.rows("select tableoid::regclass from delivery_logs"))
                .containsExactly("(delivery_logs_p20261102)");
        assertThat(postgres.rows("select * from delivery_logs")).isEqualTo(before);
    }

    @Test
    void whatIsOlderThanTheRetentionIsDropped() {
        partitions.upkeep(NOW);
        write(delivery("d-1"));
        Instant kept = Instant.parse("2027-02-06T23:00:00Z");
        assertThat(partitions.upkeep(kept).dropped()).isEqualTo(3 * 5);
        assertThat(postgres.one("select count(*) from delivery_logs")).isEqualTo("1");

        // 90 days after the week's last day.
        Instant gone = Instant.parse("2027-02-07T00:00:00Z");
        assertThat(partitions.upkeep(gone).dropped()).isEqualTo(3);
        assertThat(postgres.one("select count(*) from delivery_logs")).isEqualTo("0");
        assertThat(GRID.horizon(gone)).isEqualTo(Instant.parse("2026-11-09T00:00:00Z"));
        assertThat(GRID.horizon(kept)).isEqualTo(Instant.parse("2026-11-02T00:00:00Z"));
    }

    @Test
    void oldRowsOfTheDefaultPartitionGoToo() {
        write(delivery("d-1"));
        partitions.upkeep(NOW.plus(Duration.ofDays(120)));
        assertThat(postgres.one("select count(*) from delivery_logs")).isEqualTo("0");
    }

    /// Retention that goes by names misses partitions whose names somebody wrote with capitals.
    @Test
    void aPartitionOfAnyNameIsDropped() {
        postgres.execute("create table \"Delivery_Logs Old\" partition of delivery_logs"
                + " for values from ('2026-01-05 00:00:00+00') to ('2026-01-12 00:00:00+00')");
        assertThat(partitions.upkeep(NOW).dropped()).isEqualTo(1);
    }

    @Test
    void anotherWidthFillsTheGaps() {
        partitions.upkeep(NOW);
        Partitions daily = new Partitions(database, new PartitionGrid(1, Duration.ofDays(90)));
        assertThat(daily.upkeep(NOW)).isEqualTo(new Partitions.Upkeep(0, 0));
        assertThat(daily.upkeep(NOW.plus(Duration.ofDays(9))).created()).isEqualTo(3 * 3);
        assertThat(partitions.upkeep(NOW.plus(Duration.ofDays(14))).created()).isEqualTo(3 * 2);
    }

    private void write(List<DeliveryEvent> events) {
        var writer = new BatchWriter(database);
        long next = writer.positions(Map.of(ATTEMPTS, 0L)).getOrDefault(ATTEMPTS, 0L);
        writer.write(Batches.of(ATTEMPTS, next, events), Instant.EPOCH);
    }

    private static List<DeliveryEvent> delivery(String id) {
        return List.of(event(DeliveryEvent.Type.ATTEMPT, 1)
                .delivery(id)
                .status(RouteStatus.DELIVERED)
                .deliveryStatus("delivered")
                .response(200, null)
                .build());
    }
}
