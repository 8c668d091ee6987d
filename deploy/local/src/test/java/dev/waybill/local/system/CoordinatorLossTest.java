package dev.waybill.local.system;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.local.fixture.Backends;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The broker, coordinator of groups and transactions, falls silent under load, with every connection open. Nothing is
/// lost, and nothing is repeated that was committed.
class CoordinatorLossTest {

    private static final int PER_SECOND = 100;
    private static final int ORGANIZATIONS = 10;

    /// Deliveries after which a worker has what it makes once.
    private static final int WARM = 200;

    /// Between two silences, so that the worker is at work again when the next comes.
    private static final Duration BETWEEN = Duration.ofSeconds(3);

    @Test
    void a_short_silence_is_survived() throws Exception {
        run(List.of(Duration.ofSeconds(3)));
    }

    /// Longer than a transaction may be open (5 s), and than a member of the group may be silent (10 s).
    @Tag("long")
    @Test
    void longer_silences_are_survived() throws Exception {
        run(List.of(Duration.ofSeconds(7), Duration.ofSeconds(15), Duration.ofSeconds(3)));
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

    private static void run(List<Duration> silences) throws Exception {
        int seconds = (int) silences.stream()
                .mapToLong(silence -> silence.plus(BETWEEN).toSeconds())
                .sum();
        int deliveries = WARM + (seconds + (int) BETWEEN.toSeconds()) * PER_SECOND;
        Path directory = Path.of("target", "system", Backends.unique("broker"));
        try (BrokerProcess broker = new BrokerProcess(Backends.shared(), directory);
                Installation installation = Installation.create("silent", broker);
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            for (int o = 0; o < ORGANIZATIONS; o++) {
                application.putWebhook("org" + o, "hook", receiver.url("/ok"), new DeliveryPolicy());
            }
            try (WorkerProcess worker = installation.startWorker("one")) {
                load(application, 0, WARM);
                application.results(Duration.ofSeconds(30), found -> found >= WARM);
                ProcessUse before = ProcessUse.atQuiet(worker);
                Thread load = Thread.ofVirtual().start(() -> load(application, WARM, deliveries));
                Repeats repeats = new Repeats();
                for (Duration silence : silences) {
                    Thread.sleep(BETWEEN);
                    Uncommitted atSilence = Uncommitted.now(installation);
                    broker.fallSilent(silence);
                    repeats.excuse(atSilence.open());
                }
                load.join();
                Map<String, List<DeliveryResult>> results =
                        application.results(Duration.ofMinutes(2), found -> found >= deliveries);
                Audit audit = Audit.of(installation, application, receiver, results, deliveries);
                Figures.print(
                        "silent broker: %d deliveries, silences %s, %d extra receipts of at most %d not committed",
                        deliveries, silences, audit.extraReceipts(), repeats.most(application.codec()));
                audit.assertNothingLost();
                audit.assertOneResultEach("DELIVERED");
                repeats.assertExcused(application.codec(), receiver.receipts(), Map.of());
                audit.assertRowsAreTheFold();
                ProcessUse.atQuiet(worker).assertNoMoreThan(before);
                worker.stop();
            }
        }
    }
}
