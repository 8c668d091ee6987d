package dev.waybill.worker.projector.store;

import static dev.waybill.worker.projector.fold.Events.DESTINATION;
import static dev.waybill.worker.projector.fold.Events.event;
import static dev.waybill.worker.projector.store.Batches.ATTEMPTS;
import static dev.waybill.worker.projector.store.Batches.DESTINATIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.projector.fold.Change;
import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.fold.Events;
import dev.waybill.worker.projector.fold.GeneratedEvents;
import dev.waybill.worker.projector.fold.RouteStatus;
import dev.waybill.worker.projector.store.Projected.Discarded;
import dev.waybill.worker.projector.store.Projected.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchWriterTest {

    private static final Instant HORIZON = Events.QUEUED_AT.minus(Duration.ofDays(90));

    private static final List<String> TABLES = List.of(
            "select * from deliveries order by delivery_id, organization_id, queued_at",
            "select * from delivery_logs order by id, queued_at",
            "select * from delivery_attempts order by id, queued_at");

    private static final TestPostgres postgres = TestPostgres.migrated("batch_writer");

    private final Database database = postgres.database();
    private final BatchWriter writer = new BatchWriter(database);

    @BeforeEach
    void empty() {
        truncate();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void truncate() {
        postgres.execute(
                "truncate deliveries, delivery_logs, delivery_attempts, delivery_destinations,"
                        + " default_destinations, default_destination_rules, projection_offsets, projection_quarantine cascade");
        writer.positions(Map.of(ATTEMPTS, 0L, DESTINATIONS, 0L));
    }

    @Test
    void aDeliveryBecomesRows() {
        assertThat(write(ATTEMPTS, 0, List.of(queued(), attempt()))).isEqualTo(new Written(3, 0, 0, 0));

        assertThat(postgres.rows("select status, routes, completed_at, tags from deliveries"))
                .containsExactly(
                        "(delivered,1,\"2026-11-02 10:00:01.123456+00\",\"{red,\"\"with \\\\\"\"quotes\\\\\"\", commas {and} \\\\\\\\\"\"}\")");
        assertThat(
                        postgres.rows(
                                "select delivery_id, destination_id, organization_id, status, attempt_count,"
                                        + " max_attempts, queued_at, first_attempt_at, last_attempt_at, delivered_at, response_code,"
                                        + " response_time_ms, error_code, created_at, updated_at, metadata->>'quote' from delivery_logs"))
                .containsExactly("(d-1," + DESTINATION + ",acme,delivered,1,5,\"2026-11-02 10:00:00.123456+00\","
                        + "\"2026-11-02 10:00:01.117456+00\",\"2026-11-02 10:00:01.117456+00\","
                        + "\"2026-11-02 10:00:01.123456+00\",200,5,,\"2026-11-02 10:00:00.123456+00\","
                        + "\"2026-11-02 10:00:01.123456+00\",\"\"\"'\\\\\")");
        assertThat(postgres.rows("select attempt, outcome, response_excerpt, response_headers->>'retry-after',"
                        + " total_micros, labels->>'tier' from delivery_attempts"))
                .containsExactly("(1,Delivered,\"an answer, äöü €\",3,5499,gold)");
        assertThat(postgres.one("select next from projection_offsets where topic = 'delivery.attempts'"))
                .isEqualTo("2");
    }

    @Test
    void theSameBatchTwiceGivesTheSameBytes() {
        List<DeliveryEvent> events = List.of(queued(), attempt());
        write(ATTEMPTS, 0, events);
        List<String> once = everything();
        write(ATTEMPTS, 2, events);
        assertThat(everything()).isEqualTo(once);
    }

    @Test
    void shuffledAndInPiecesGivesTheSameBytes() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 5; round++) {
            List<DeliveryEvent> events = new GeneratedEvents(random, "acme", 5).deliveries(60);
            truncate();
            write(ATTEMPTS, 0, events);
            List<String> once = everything();

            truncate();
            var shuffled = new ArrayList<>(events);
            shuffled.addAll(events.subList(0, events.size() / 3));
            Collections.shuffle(shuffled, random);
            for (int from = 0; from < shuffled.size(); ) {
                int to = Math.min(shuffled.size(), from + 1 + random.nextInt(40));
                write(ATTEMPTS, from, shuffled.subList(from, to));
                from = to;
            }
            assertThat(everything()).as("seed " + seed + ", round " + round).isEqualTo(once);
        }
    }

    @Test
    void aBatchThatSomebodyElseWroteIsDiscarded() {
        write(ATTEMPTS, 0, List.of(queued()));
        assertThat(write(ATTEMPTS, 0, List.of(attempt()))).isInstanceOf(Discarded.class);
        assertThat(write(ATTEMPTS, 2, List.of(attempt()))).isInstanceOf(Discarded.class);
        assertThat(postgres.one("select count(*) from delivery_attempts")).isEqualTo("0");
        assertThat(writer.positions(Map.of(ATTEMPTS, 0L))).isEqualTo(Map.of(ATTEMPTS, 1L));
    }

    @Test
    void anEventOfADestinationNotSeenYetInsertsAStub() {
        write(ATTEMPTS, 0, List.of(attempt()));
        assertThat(destinations()).containsExactly("(acme,hook,webhook,t,)");

        write(DESTINATIONS, 0, List.of(put("acme", "renamed", "webhook")));
        assertThat(destinations()).containsExactly("(acme,renamed,webhook,f,)");
        write(ATTEMPTS, 1, List.of(attempt()));
        assertThat(destinations()).containsExactly("(acme,renamed,webhook,f,)");
    }

    @Test
    void aConfigurationRecordBeatsAStubOfAnotherOrganization() {
        write(
                ATTEMPTS,
                0,
                List.of(event(DeliveryEvent.Type.SETTLED, 0)
                        .organization("intruder")
                        .status(RouteStatus.REJECTED)
                        .build()));
        write(DESTINATIONS, 0, List.of(put("acme", "hook", "webhook")));
        assertThat(destinations()).containsExactly("(acme,hook,webhook,f,)");
    }

    @Test
    void aSecondOrganizationsClaimIsRefused() {
        write(DESTINATIONS, 0, List.of(put("acme", "hook", "webhook")));
        Projected projected = write(
                ATTEMPTS,
                0,
                List.of(
                        attempt(),
                        event(DeliveryEvent.Type.ATTEMPT, 1)
                                .delivery("d-2")
                                .organization("intruder")
                                .deliveryStatus("delivered")
                                .build()));
        assertThat(projected).isEqualTo(new Written(4, 1, 0, 0));
        assertThat(postgres.rows("select delivery_id from delivery_logs")).containsExactly("(d-1)");
        assertThat(postgres.rows("select delivery_id from delivery_attempts")).containsExactly("(d-1)");
        assertThat(postgres.rows("select delivery_id from deliveries order by 1"))
                .containsExactly("(d-1)", "(d-2)");
    }

    @Test
    void organizationAndKindOfADestinationNeverChange() {
        write(DESTINATIONS, 0, List.of(put("acme", "hook", "webhook")));
        assertThat(write(DESTINATIONS, 1, List.of(put("intruder", "mine", "webhook"))))
                .isEqualTo(new Written(0, 1, 0, 1));
        assertThat(write(DESTINATIONS, 2, List.of(put("acme", "hook", "email"))))
                .isEqualTo(new Written(0, 1, 0, 1));
        assertThat(destinations()).containsExactly("(acme,hook,webhook,f,)");
        assertThat(postgres.rows("select topic, partition, \"offset\", error, recorded_at from projection_quarantine"))
                .containsExactly(
                        "(delivery.destinations,0,1,\"organization and kind of a destination never change\",\"2026-11-02 12:00:00+00\")",
                        "(delivery.destinations,0,2,\"organization and kind of a destination never change\",\"2026-11-02 12:00:00+00\")");
    }

    @Test
    void aDeletedDestinationKeepsItsRowAndItsOwner() {
        var deleted = new Change.DestinationDeleted(DESTINATION, "acme", Instant.parse("2026-11-03T00:00:00Z"));
        write(DESTINATIONS, 0, List.of(put("acme", "hook", "webhook"), deleted));
        List<String> inOneBatch = destinations();
        assertThat(inOneBatch).containsExactly("(acme,hook,webhook,f,\"2026-11-03 00:00:00+00\")");
        truncate();
        write(DESTINATIONS, 0, List.of(put("acme", "hook", "webhook")));
        write(DESTINATIONS, 1, List.of(deleted));
        assertThat(destinations()).isEqualTo(inOneBatch);
        assertThat(write(DESTINATIONS, 2, List.of(put("intruder", "mine", "webhook"))))
                .isEqualTo(new Written(0, 1, 0, 1));
        write(DESTINATIONS, 3, List.of(put("acme", "again", "webhook")));
        assertThat(destinations()).containsExactly("(acme,again,webhook,f,)");
    }

    @Test
    void defaultDestinationsAreThoseOfTheBaseRule() {
        UUID other = new UUID(7, 7);
        write(
                DESTINATIONS,
                0,
                List.of(
                        put("acme", "hook", "webhook"),
                        rule("another", 9, List.of(other)),
                        rule("defaults", 1, List.of(DESTINATION, other))));
        assertThat(defaults()).containsExactly("(" + other + ",f,2026-11-01)", "(" + DESTINATION + ",t,2026-11-01)");

        write(DESTINATIONS, 3, List.of(new Change.DestinationDeleted(DESTINATION, "acme", Instant.EPOCH)));
        assertThat(defaults()).containsExactly("(" + other + ",t,2026-11-01)");

        write(DESTINATIONS, 4, List.of(new Change.RuleDeleted("acme", "another")));
        assertThat(defaults()).containsExactly("(" + other + ",t,2026-11-01)");
        write(DESTINATIONS, 5, List.of(new Change.RuleDeleted("acme", "defaults")));
        assertThat(defaults()).isEmpty();
    }

    @Test
    void eventsOlderThanTheHorizonAreCountedAndLeftOut() {
        assertThat(write(
                        ATTEMPTS,
                        0,
                        List.of(
                                attempt(),
                                event(DeliveryEvent.Type.QUEUED, 0)
                                        .queuedAt(HORIZON.minusNanos(1_000))
                                        .build())))
                .isEqualTo(new Written(3, 0, 1, 0));
        assertThat(postgres.one("select next from projection_offsets where topic = 'delivery.attempts'"))
                .isEqualTo("2");
    }

    @Test
    void oneRecordThatPostgresRefusesDoesNotHoldUpTheOthers() {
        var events = new ArrayList<DeliveryEvent>();
        for (int i = 0; i < 20; i++) {
            events.add(event(DeliveryEvent.Type.QUEUED, 0)
                    .delivery("d-" + i)
                    .deliveryStatus(i == 13 ? "longer than any status may ever be" : "queued")
                    .build());
        }
        assertThat(write(ATTEMPTS, 0, events)).isEqualTo(new Written(38, 0, 0, 1));
        assertThat(postgres.rows("select \"offset\", error from projection_quarantine"))
                .containsExactly("(13,\"22001: value too long for type character varying(20)\")");
        assertThat(postgres.one("select count(*) from deliveries")).isEqualTo("19");
        assertThat(postgres.one("select next from projection_offsets where topic = 'delivery.attempts'"))
                .isEqualTo("20");
    }

    private Projected write(TopicPartition partition, long start, List<? extends Change> changes) {
        return writer.write(Batches.of(partition, start, changes), HORIZON);
    }

    private static DeliveryEvent queued() {
        return event(DeliveryEvent.Type.QUEUED, 0).deliveryStatus("queued").build();
    }

    private static DeliveryEvent attempt() {
        return event(DeliveryEvent.Type.ATTEMPT, 1)
                .status(RouteStatus.DELIVERED)
                .deliveryStatus("delivered")
                .attempts(1)
                .response(200, null)
                .build();
    }

    private static Change put(String organization, String name, String kind) {
        return new Change.DestinationPut(
                DESTINATION,
                organization,
                name,
                kind,
                kind,
                null,
                Map.of(),
                true,
                1,
                Instant.parse("2026-11-01T00:00:00Z"),
                null);
    }

    private static Change rule(String id, int priority, List<UUID> primary) {
        return new Change.RulePut(
                "acme",
                id,
                id,
                priority,
                true,
                null,
                "all",
                null,
                false,
                null,
                null,
                primary,
                List.of(),
                List.of(),
                Map.of(),
                null,
                null,
                "[]",
                1,
                Instant.parse("2026-11-01T00:00:00Z"),
                "someone");
    }

    private static List<String> destinations() {
        return postgres.rows("select organization_id, name, kind, stub, deleted_at from delivery_destinations");
    }

    private static List<String> defaults() {
        return postgres.rows(
                "select destination_id, is_primary, created_at::date from default_destinations order by is_primary");
    }

    private static List<String> everything() {
        var everything = new ArrayList<String>();
        TABLES.forEach(sql -> everything.addAll(postgres.rows(sql)));
        return everything;
    }
}
