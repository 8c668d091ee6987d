package dev.waybill.worker.projector.fold;

import static dev.waybill.worker.projector.fold.Events.DESTINATION;
import static dev.waybill.worker.projector.fold.Events.QUEUED_AT;
import static dev.waybill.worker.projector.fold.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FoldTest {

    private static final DeliveryEvent QUEUED = event(DeliveryEvent.Type.QUEUED, 0)
            .status(RouteStatus.QUEUED)
            .deliveryStatus("queued")
            .build();

    private static final DeliveryEvent FIRST_ATTEMPT = event(DeliveryEvent.Type.ATTEMPT, 1)
            .status(RouteStatus.RETRYING)
            .attempts(1)
            .response(503, "http_503")
            .build();

    private static final DeliveryEvent SECOND_ATTEMPT = event(DeliveryEvent.Type.ATTEMPT, 2)
            .status(RouteStatus.DELIVERED)
            .attempts(2)
            .response(200, null)
            .deliveryStatus("delivered")
            .build();

    @Test
    void aRowIsWhatItsHighestRankSaysAndRemembersTheRest() {
        LogRow row = onlyLog(QUEUED, FIRST_ATTEMPT, SECOND_ATTEMPT);

        assertThat(row.id()).isEqualTo(RowIds.log("d-1", DESTINATION, QUEUED_AT));
        assertThat(row.standing().status()).isEqualTo(RouteStatus.DELIVERED);
        assertThat(row.attemptCount()).isEqualTo(2);
        assertThat(row.firstAttemptAt()).isEqualTo(QUEUED_AT.plusSeconds(1).minusMillis(6));
        assertThat(row.lastAttemptAt()).isEqualTo(QUEUED_AT.plusSeconds(2).minusMillis(6));
        assertThat(row.deliveredAt()).isEqualTo(QUEUED_AT.plusSeconds(2));
        assertThat(row.facts()).isNotNull().satisfies(facts -> {
            assertThat(facts.responseCode()).isEqualTo(200);
            assertThat(facts.responseTimeMs()).isEqualTo(5);
            assertThat(facts.errorCode()).isNull();
        });
    }

    @Test
    void theDeliveryEndsWithItsFinalStatus() {
        assertThat(onlyDelivery(QUEUED))
                .extracting(DeliveryRow::status, DeliveryRow::completedAt)
                .containsExactly("queued", null);
        assertThat(onlyDelivery(SECOND_ATTEMPT, QUEUED))
                .extracting(DeliveryRow::status, DeliveryRow::completedAt)
                .containsExactly("delivered", QUEUED_AT.plusSeconds(2));
    }

    @Test
    void anEndBeatsAnOpeningOfHigherRank() {
        DeliveryEvent rejected = event(DeliveryEvent.Type.SETTLED, 0)
                .route(-1, 0)
                .destination(null)
                .status(null)
                .deliveryStatus("rejected")
                .reason("unknown_destination")
                .build();
        DeliveryEvent opened =
                event(DeliveryEvent.Type.QUEUED, 5).deliveryStatus("queued").build();
        assertThat(onlyDelivery(rejected, opened).status()).isEqualTo("rejected");
        assertThat(onlyDelivery(opened, rejected).reason()).isEqualTo("unknown_destination");
    }

    @Test
    void anExpiryKeepsWhatTheLastAttemptSaw() {
        DeliveryEvent expired = event(DeliveryEvent.Type.SETTLED, 9)
                .status(RouteStatus.EXPIRED)
                .reason("expired")
                .attempts(1)
                .build();
        LogRow row = onlyLog(expired, FIRST_ATTEMPT, QUEUED);
        assertThat(row.standing().status()).isEqualTo(RouteStatus.EXPIRED);
        assertThat(row.facts()).isNotNull().satisfies(facts -> {
            assertThat(facts.responseCode()).isEqualTo(503);
            assertThat(facts.errorCode()).isEqualTo("http_503");
        });
    }

    @Test
    void onlyAttemptsBecomeAttemptRows() {
        RowChanges changes = Fold.of(List.of(QUEUED, FIRST_ATTEMPT, SECOND_ATTEMPT, FIRST_ATTEMPT));
        assertThat(changes.attempts())
                .extracting(AttemptRow::id)
                .containsExactlyInAnyOrder(
                        RowIds.attempt("d-1", DESTINATION, 0, 1, QUEUED_AT),
                        RowIds.attempt("d-1", DESTINATION, 0, 2, QUEUED_AT));
    }

    @Test
    void anEventOfNoDestinationMakesNoLogRow() {
        RowChanges changes = Fold.of(List.of(event(DeliveryEvent.Type.SETTLED, 3)
                .destination(null)
                .deliveryStatus("partial")
                .build()));
        assertThat(changes.logs()).isEmpty();
        assertThat(changes.claims()).isEmpty();
        assertThat(changes.deliveries()).hasSize(1);
    }

    @Test
    void aRefusedClaimTakesItsRowsWithIt() {
        UUID foreign = new UUID(1, 2);
        RowChanges changes = Fold.of(List.of(
                FIRST_ATTEMPT,
                event(DeliveryEvent.Type.ATTEMPT, 1)
                        .destination(foreign)
                        .deliveryStatus("delivered")
                        .build()));
        RowChanges owned = changes.owned(claim -> !claim.destinationId().equals(foreign));
        assertThat(owned.logs()).extracting(LogRow::destinationId).containsExactly(DESTINATION);
        assertThat(owned.attempts()).hasSize(1);
        assertThat(owned.deliveries()).hasSize(1);
    }

    @Test
    void orderRepetitionAndPiecesDoNotMatter() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<DeliveryEvent> events = new GeneratedEvents(random, "acme", 4).deliveries(5);
            RowChanges once = Fold.of(events);
            var shuffled = new ArrayList<>(events);
            shuffled.addAll(events.subList(0, random.nextInt(events.size())));
            Collections.shuffle(shuffled, random);
            RowChanges again = Fold.of(shuffled);

            String what = "seed " + seed + ", round " + round;
            assertThat(Set.copyOf(again.logs())).as(what).isEqualTo(new HashSet<>(once.logs()));
            assertThat(Set.copyOf(again.deliveries())).as(what).isEqualTo(new HashSet<>(once.deliveries()));
            assertThat(again.attempts().stream().map(AttemptRow::id))
                    .as(what)
                    .containsExactlyInAnyOrderElementsOf(
                            once.attempts().stream().map(AttemptRow::id).toList());
        }
    }

    private static LogRow onlyLog(DeliveryEvent... events) {
        return Fold.of(List.of(events)).logs().iterator().next();
    }

    private static DeliveryRow onlyDelivery(DeliveryEvent... events) {
        return Fold.of(List.of(events)).deliveries().iterator().next();
    }
}
