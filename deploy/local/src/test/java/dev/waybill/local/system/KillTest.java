package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.worker.delivery.SinkLoopSettings;
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

    /// What a crash repeats of a partition, at most: `partition.admitted.max`, by default.
    private static final int ADMITTED_MAX = SinkLoopSettings.DEFAULTS.admittedMax();

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
        long seed = Long.getLong("waybill.seed", System.nanoTime());
        try {
            run(deliveries, kills, seed);
        } catch (AssertionError | Exception e) {
            throw new AssertionError("with -Dwaybill.seed=" + seed, e);
        }
    }

    private static void run(int deliveries, int kills, long seed) throws Exception {
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
            List<Kill> all = new ArrayList<>();
            Repeats repeats = new Repeats();
            for (int kill = 0; kill < kills; kill++) {
                Thread.sleep(random.nextLong(1_500, 3_500));
                worker.kill();
                Kill killed = Kill.now(installation);
                all.add(killed);
                repeats.excuse(killed.open());
                worker = installation.startWorker("one");
            }
            load.join();
            Map<String, List<DeliveryResult>> results = application.results(SETTLE_MAX, found -> found >= deliveries);
            Audit audit = Audit.of(installation, application, receiver, results, deliveries);
            Figures.print(
                    "kill test: seed %d, %d deliveries, %d kills, %d delivered more than once (%d extra receipts),"
                            + " at most %d were not committed",
                    seed,
                    deliveries,
                    kills,
                    audit.duplicated(),
                    audit.extraReceipts(),
                    repeats.most(application.codec()));
            audit.assertNothingLost();
            audit.assertOneResultEach("DELIVERED");
            repeats.assertExcused(application.codec(), receiver.receipts(), Map.of());
            assertThat(all)
                    .allSatisfy(kill -> kill.assertRepeatsWhatWasAdmitted(application.codec(), receiver.receipts()));
            audit.assertRowsAreTheFold();
            worker.stop();
        }
    }

    /// A worker was killed.
    ///
    /// @param admitted tasks that it had admitted of one partition, at most, as far as it had told
    /// @param open     what it had not committed
    private record Kill(long at, int admitted, Uncommitted.Open open) {

        static Kill now(Installation installation) throws Exception {
            long at = System.currentTimeMillis();
            Uncommitted uncommitted = Uncommitted.now(installation);
            return new Kill(at, uncommitted.mostAdmitted(), uncommitted.open());
        }

        void assertRepeatsWhatWasAdmitted(AvroCodec codec, Map<String, List<Long>> receipts) {
            assertThat(admitted).as("admitted by the map").isLessThanOrEqualTo(ADMITTED_MAX);
            assertThat(open.deliveries(codec))
                    .allSatisfy((partition, deliveries) -> assertThat(deliveries)
                            .as("deliveries of partition %d that came before the kill and after it", partition)
                            .filteredOn(id -> receipts.getOrDefault(id, List.of()).stream()
                                            .anyMatch(time -> time <= at)
                                    && receipts.getOrDefault(id, List.of()).stream()
                                            .anyMatch(time -> time > at))
                            .hasSizeLessThanOrEqualTo(ADMITTED_MAX));
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
