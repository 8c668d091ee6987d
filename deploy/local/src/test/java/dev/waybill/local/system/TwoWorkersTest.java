package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A second worker joins under load and the first one leaves: nothing is lost, nothing is settled twice, and nothing is
/// repeated.
class TwoWorkersTest {

    private static final int DELIVERIES = 6_000;
    private static final int PER_SECOND = 300;
    private static final int ORGANIZATIONS = 20;

    @Test
    void theSecondTakesOver() throws Exception {
        try (Installation installation = Installation.create("two");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            for (int o = 0; o < ORGANIZATIONS; o++) {
                application.putWebhook("org" + o, "hook", receiver.url("/ok"), new DeliveryPolicy());
            }
            WorkerProcess first = installation.startWorker("first");
            Thread load = Thread.ofVirtual().start(() -> {
                Pace.run(
                        DELIVERIES,
                        PER_SECOND,
                        i -> application.request(
                                "d-" + i,
                                "org" + i % ORGANIZATIONS,
                                List.of("hook"),
                                "{}".getBytes(StandardCharsets.UTF_8)));
                application.flush();
            });
            Thread.sleep(Duration.ofSeconds(3));
            WorkerProcess second = installation.startWorker("second");
            Thread.sleep(Duration.ofSeconds(3));
            first.stop();
            load.join();
            Map<String, List<DeliveryResult>> results =
                    application.results(Duration.ofSeconds(90), found -> found >= DELIVERIES);
            Audit audit = Audit.of(installation, application, receiver, results, DELIVERIES);
            audit.assertNothingLost();
            audit.assertOneResultEach("DELIVERED");
            audit.assertRowsAreTheFold();
            Figures.print(
                    "two workers: %d deliveries, %d extra receipts at the change", DELIVERIES, audit.extraReceipts());
            assertThat(audit.extraReceipts())
                    .as("receipts repeated by a clean move")
                    .isZero();
            second.stop();
        }
    }
}
