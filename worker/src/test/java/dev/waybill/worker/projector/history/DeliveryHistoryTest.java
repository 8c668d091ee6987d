package dev.waybill.worker.projector.history;

import static dev.waybill.worker.projector.fold.Events.DESTINATION;
import static dev.waybill.worker.projector.fold.Events.QUEUED_AT;
import static dev.waybill.worker.projector.fold.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.fold.RouteStatus;
import dev.waybill.worker.projector.store.Database;
import dev.waybill.worker.projector.store.SeededDatabase;
import dev.waybill.worker.projector.store.TestPostgres;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryHistoryTest {

    private static final TestPostgres postgres = TestPostgres.migrated("history");

    private final Database database = postgres.database();
    private final DeliveryHistory history = new DeliveryHistory(database);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aDeliveryIsFoundWithItsRoutesAndAttempts() {
        SeededDatabase.write(
                database,
                List.of(
                        event(DeliveryEvent.Type.QUEUED, 0)
                                .deliveryStatus("queued")
                                .build(),
                        event(DeliveryEvent.Type.ATTEMPT, 1)
                                .status(RouteStatus.RETRYING)
                                .attempts(1)
                                .response(503, "http_503")
                                .build(),
                        event(DeliveryEvent.Type.ATTEMPT, 2)
                                .status(RouteStatus.DELIVERED)
                                .attempts(2)
                                .response(200, null)
                                .deliveryStatus("delivered")
                                .build()));

        DeliveryView view = history.find("acme", "d-1").orElseThrow();
        assertThat(view.status()).isEqualTo("delivered");
        assertThat(view.queuedAt()).isEqualTo(QUEUED_AT);
        assertThat(view.completedAt()).isEqualTo(QUEUED_AT.plusSeconds(2));
        assertThat(view.metadata()).isEqualTo(Map.of("a", "1", "quote", "\"'\\"));
        assertThat(view.tags()).containsExactly("red", "with \"quotes\", commas {and} \\");
        assertThat(view.requestOffset()).isEqualTo(42);
        assertThat(view.routes()).hasSize(1);

        RouteView route = view.routes().getFirst();
        assertThat(route.destinationId()).isEqualTo(DESTINATION);
        assertThat(route.destinationName()).isEqualTo("hook");
        assertThat(route.status()).isEqualTo("delivered");
        assertThat(route.attemptCount()).isEqualTo(2);
        assertThat(route.responseHeaders()).containsEntry("retry-after", "3");
        assertThat(route.attempts()).extracting(AttemptView::responseCode).containsExactly(503, 200);
        assertThat(route.attempts()).extracting(AttemptView::status).containsExactly("retrying", "delivered");

        assertThat(history.find(null, "d-1")).contains(view);
        assertThat(history.find("somebody-else", "d-1")).isEmpty();
        assertThat(history.find("acme", "d-2")).isEmpty();
    }
}
