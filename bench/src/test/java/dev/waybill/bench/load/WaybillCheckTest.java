package dev.waybill.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.bench.bed.Installation;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.receiver.Behaviour;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The benchmark works, and would notice a delivery that is lost.
class WaybillCheckTest {

    private static final int DELIVERIES = 300;

    @Test
    void everyDeliveryIsChecked() throws SQLException {
        try (TestBed bed = TestBed.start(Path.of("target", "check"))) {
            Installation installation = Installation.create(bed, "checked", Map.of());
            try (WaybillRequests requests = new WaybillRequests(installation);
                    var _ = installation.startWorker();
                    Load load = new Load(bed.bootstrapServers())) {
                Population customers = Population.of("org", bed.hosts(), new Behaviour.Accept(0, 5));
                requests.configure(customers, null);
                Run run = Run.create(bed.receipts(), "run", DELIVERIES + 1);
                load.send(
                        run,
                        requests.to(customers),
                        new Pace.Saturating(DELIVERIES),
                        new Pace.Bounds(DELIVERIES, Duration.ofSeconds(30)));
                WaybillCheck check = new WaybillCheck(installation, requests, run);
                check.awaitRows();

                Checked checked = check.check();

                assertThat(checked.repeated()).isZero();
                assertThat(checked.millisToRow()).hasSize(DELIVERIES);
                assertThat(Arrays.stream(checked.millisToRow())).allMatch(millis -> millis > 0);
                assertThat(run.receipts().refused())
                        .as("first attempts that failed")
                        .isPositive();

                bookAttempts(installation, run.id(0), "+ 1");
                assertThatThrownBy(check::check).hasMessageContaining(run.id(0) + " has 0 log rows");
                bookAttempts(installation, run.id(0), "- 2");
                assertThatThrownBy(check::check).hasMessageContaining(run.id(0) + " has 0 log rows");
                bookAttempts(installation, run.id(0), "+ 1");

                int lost = run.next();
                assertThatThrownBy(check::check).hasMessageContaining(run.id(lost) + " was not received");
            }
        }
    }

    /// Makes its row tell of more or fewer attempts than there were.
    private static void bookAttempts(Installation installation, String deliveryId, String change) throws SQLException {
        try (Connection connection = DriverManager.getConnection(installation.jdbcUrl());
                Statement statement = connection.createStatement()) {
            int rows = statement.executeUpdate("update delivery_logs set attempt_count = attempt_count " + change
                    + " where delivery_id = '" + deliveryId + "'");
            assertThat(rows).isOne();
        }
    }
}
