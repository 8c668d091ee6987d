package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A worker is killed again and again under load: nothing is lost, each request has one result, and what is delivered
/// twice is no more than what was not committed.
class KillTest {

    private static final int PER_SECOND = 500;
    private static final int ORGANIZATIONS = 20;
    private static final int DESTINATIONS = 5;
    private static final Duration SETTLE_MAX = Duration.ofMinutes(2);

    @Test
    void killedTwiceUnderLoad() throws Exception {
        run(5_000, 2);
    }

    @Tag("long")
    @Test
    void killedSixTimesUnderLoad() throws Exception {
        run(20_000, 6);
    }

    private static void run(int deliveries, int kills) throws Exception {
        long seed = System.nanoTime();
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
        try (Installation installation = Installation.create("kill");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            List<String> destinations = destinations(application, receiver);
            WorkerProcess worker = installation.startWorker("one");
            Thread load = Thread.ofVirtual().start(() -> {
                Pace.run(
                        deliveries,
                        PER_SECOND,
                        i -> application.request(
                                "d-" + i,
                                "org" + i % ORGANIZATIONS,
                                List.of(destinations.get(i % DESTINATIONS)),
                                ("{\"number\":" + i + "}").getBytes(StandardCharsets.UTF_8)));
                application.flush();
            });
            long uncommitted = 0;
            List<Long> perKill = new ArrayList<>();
            for (int kill = 0; kill < kills; kill++) {
                Thread.sleep(random.nextLong(1_500, 3_500));
                worker.kill();
                long notDone = Uncommitted.webhooks(installation);
                perKill.add(notDone);
                uncommitted += notDone;
                worker = installation.startWorker("one");
            }
            load.join();
            Map<String, List<DeliveryResult>> results = application.results(SETTLE_MAX, found -> found >= deliveries);
            Audit audit = Audit.of(installation, application, receiver, results, deliveries);
            Figures.print(
                    "kill test: seed %d, %d deliveries, %d kills, %d delivered more than once (%d extra receipts),"
                            + " at most %d were not committed %s",
                    seed, deliveries, kills, audit.duplicated(), audit.extraReceipts(), uncommitted, perKill);
            audit.assertNothingLost();
            audit.assertOneResultEach("DELIVERED");
            assertThat(audit.extraReceipts()).as("deliveries repeated").isLessThanOrEqualTo(uncommitted);
            audit.assertRowsAreTheFold();
            worker.stop();
        }
    }

    private static List<String> destinations(Application application, RecordingReceiver receiver) {
        List<String> names = new ArrayList<>();
        for (int d = 0; d < DESTINATIONS; d++) {
            names.add("hook" + d);
            for (int o = 0; o < ORGANIZATIONS; o++) {
                application.putWebhook("org" + o, "hook" + d, receiver.url("/ok"), new DeliveryPolicy());
            }
        }
        return names;
    }
}
