package dev.waybill.local.system;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.local.fixture.Backend;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The broker is restarted, Postgres and the registry go away for a while: deliveries go on as soon as they can, and
/// nothing is lost.
class OutageTest {

    private static final int DELIVERIES = 6_000;
    private static final int PER_SECOND = 150;
    private static final int ORGANIZATIONS = 10;

    /// Deliveries after which a worker has what it makes once.
    private static final int WARM = 200;

    private static final Duration OUTAGE = Duration.ofSeconds(15);

    @Test
    void outagesAreSurvived() throws Exception {
        try (Installation installation = Installation.create("outage");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            for (int o = 0; o < ORGANIZATIONS; o++) {
                application.putWebhook("org" + o, "hook", receiver.url("/ok"), new DeliveryPolicy());
            }
            try (WorkerProcess worker = installation.startWorker("one")) {
                load(application, 0, WARM);
                application.results(Duration.ofSeconds(30), found -> found >= WARM);
                ProcessUse before = ProcessUse.atQuiet(worker);
                Thread load = Thread.ofVirtual().start(() -> load(application, WARM, DELIVERIES));
                Backend backend = installation.backend();
                Thread.sleep(Duration.ofSeconds(2));
                backend.stopPostgres();
                backend.stopRegistry();
                Thread.sleep(OUTAGE);
                backend.startPostgres();
                backend.startRegistry();
                Thread.sleep(Duration.ofSeconds(2));
                Uncommitted atRestart = Uncommitted.now(installation);
                backend.restartBroker();
                Repeats repeats = new Repeats();
                repeats.excuse(atRestart.open());
                load.join();
                Map<String, List<DeliveryResult>> results =
                        application.results(Duration.ofMinutes(2), found -> found >= DELIVERIES);
                Audit audit = Audit.of(installation, application, receiver, results, DELIVERIES);
                audit.assertNothingLost();
                audit.assertOneResultEach("DELIVERED");
                audit.assertRowsAreTheFold();
                Figures.print(
                        "outages: %d deliveries, %d extra receipts of at most %d not committed",
                        DELIVERIES, audit.extraReceipts(), repeats.most(application.codec()));
                repeats.assertExcused(application.codec(), receiver.receipts(), Map.of());
                ProcessUse.atQuiet(worker).assertNoMoreThan(before);
                worker.stop();
            }
        }
    }

    private static void load(Application application, int from, int to) {
        Pace.run(
                to - from,
                PER_SECOND,
                i -> application.request(
                        "d-" + (from + i),
                        "org" + i % ORGANIZATIONS,
                        List.of("hook"),
                        "{}".getBytes(StandardCharsets.UTF_8)));
        application.flush();
    }
}
