package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.local.fixture.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Everything goes wrong at once, in an order that a seed decides: roles are killed and stopped, workers come and go,
/// the
/// broker is restarted or falls silent, Postgres and registry are away for a while, receivers fail, clocks are stepped
/// back and ahead. Afterwards every promise holds.
class FaultsTest {

    private static final int PER_SECOND = 60;
    private static final int ORGANIZATIONS = 10;
    private static final Duration SETTLE_MAX = Duration.ofMinutes(3);
    private static final long HOUR = Duration.ofHours(1).toMillis();

    /// Longer than a write may wait unnoticed, shorter than a transaction may be open (5 s).
    private static final Duration SILENCE = Duration.ofSeconds(3);

    /// What the processes do: one all, the others a part each.
    private static final List<String> ROLES =
            List.of("router,sinks,retries,projector,api", "router,sinks", "sinks,retries", "router,projector");

    @Test
    void everyPromiseHoldsAfterFaults() throws Exception {
        new Run(Duration.ofSeconds(30)).run();
    }

    @Tag("long")
    @Test
    void everyPromiseHoldsAfterManyFaults() throws Exception {
        new Run(Duration.ofMinutes(5)).run();
    }

    /// One run from its seed to its end.
    private static final class Run {

        private final Duration length;
        private final long seed = Long.getLong("waybill.seed", System.nanoTime());
        private final RandomGenerator random =
                RandomGeneratorFactory.getDefault().create(seed);
        private final BrokerProcess backend =
                new BrokerProcess(Backends.shared(), Path.of("target", "system", Backends.unique("broker")));
        private final Installation installation = Installation.create("faults", backend);
        private final Repeats repeats = new Repeats();
        private final Path offset = installation.directory().resolve("clock-offset");
        private final @Nullable WorkerProcess[] workers = new WorkerProcess[ROLES.size()];
        private final List<String> done = new ArrayList<>();
        private boolean postgresAway;
        private boolean registryAway;
        /// How far ahead the clocks have been: what became due by them has to be due in the end.
        private long furthest;

        Run(Duration length) {
            this.length = length;
        }

        void run() throws Exception {
            int deliveries = (int) length.toSeconds() * PER_SECOND;
            step(0);
            try (backend;
                    FlakyReceiver receiver = new FlakyReceiver(
                            RandomGeneratorFactory.getDefault().create(seed + 1));
                    Application application = new Application(installation)) {
                for (int o = 0; o < ORGANIZATIONS; o++) {
                    application.putWebhook("org" + o, "hook", receiver.url(), patient());
                }
                for (int number = 0; number < workers.length; number++) {
                    start(number);
                }
                awaitReady(0);
                Thread load = Thread.ofVirtual().start(() -> load(application, deliveries));
                Instant end = Instant.now().plus(length);
                while (Instant.now().isBefore(end)) {
                    Thread.sleep(random.nextLong(200, 1_600));
                    fault(receiver);
                }
                WaitingTasks.assertHaveDueTimes(installation, application);
                if (!postgresAway) {
                    WaitingTasks.assertRowsHaveDueTimes(installation);
                }
                mend(receiver);
                load.join();
                Map<String, List<DeliveryResult>> results =
                        application.results(SETTLE_MAX, found -> found >= deliveries);
                audit(application, receiver, results, deliveries);
            } catch (AssertionError | Exception e) {
                throw new AssertionError("with -Dwaybill.seed=" + seed + " after " + done, e);
            } finally {
                for (WorkerProcess worker : workers) {
                    if (worker != null) {
                        worker.close();
                    }
                }
                comeBack();
            }
        }

        private void load(Application application, int deliveries) {
            Pace.run(
                    deliveries,
                    PER_SECOND,
                    i -> application.request(
                            "d-" + i,
                            "org" + i % ORGANIZATIONS,
                            List.of("hook"),
                            ("{\"number\":" + i + "}").getBytes(StandardCharsets.UTF_8)));
            application.flush();
        }

        private static DeliveryPolicy patient() {
            return DeliveryPolicy.newBuilder()
                    .setMaxAttempts(1_000)
                    .setDelaysMs(List.of(200L, 1_000L, 2_000L))
                    .build();
        }

        private void fault(FlakyReceiver receiver) throws Exception {
            int number = random.nextInt(workers.length);
            switch (random.nextInt(15)) {
                case 0, 1 -> kill(number);
                case 2 -> stop(number);
                case 3, 4, 5 -> start(number);
                case 6 -> {
                    note("broker restarted");
                    Uncommitted before = Uncommitted.now(installation);
                    backend.restartBroker();
                    repeats.excuse(before.open());
                }
                case 7 -> {
                    postgresAway = !postgresAway;
                    note(postgresAway ? "postgres away" : "postgres back");
                    if (postgresAway) {
                        backend.stopPostgres();
                    } else {
                        backend.startPostgres();
                    }
                }
                case 8 -> {
                    registryAway = !registryAway;
                    note(registryAway ? "registry away" : "registry back");
                    if (registryAway) {
                        backend.stopRegistry();
                    } else {
                        backend.startRegistry();
                    }
                }
                case 9 -> {
                    note("clock an hour back");
                    step(-HOUR);
                }
                case 10 -> {
                    note("clock right");
                    step(0);
                }
                case 11 -> {
                    note("clock an hour ahead");
                    step(HOUR);
                }
                case 12 -> {
                    note("broker silent");
                    Uncommitted before = Uncommitted.now(installation);
                    backend.fallSilent(SILENCE);
                    repeats.excuse(before.open());
                }
                default -> {
                    note("receiver flaky");
                    receiver.flaky(random.nextInt(3) > 0);
                }
            }
        }

        private void note(String what) {
            done.add(what);
        }

        private void start(int number) {
            WorkerProcess worker = workers[number];
            if (worker == null || !worker.isAlive()) {
                note("start " + ROLES.get(number));
                String id = "worker-" + number;
                workers[number] = WorkerProcess.launch(
                        SteppedWorker.class.getName(),
                        List.of("-D" + SteppedWorker.OFFSET + "=" + offset),
                        installation.directory(),
                        id,
                        installation.settings(id, Map.of("roles", ROLES.get(number))));
            }
        }

        private void awaitReady(int number) {
            WorkerProcess worker = workers[number];
            if (worker != null) {
                worker.awaitReady();
            }
        }

        private void kill(int number) throws Exception {
            WorkerProcess worker = workers[number];
            if (worker != null && worker.isAlive()) {
                note("kill " + ROLES.get(number));
                worker.kill();
                repeats.excuse(Uncommitted.now(installation).open());
            }
        }

        private void stop(int number) {
            WorkerProcess worker = workers[number];
            if (worker != null && worker.isAlive()) {
                note("stop " + ROLES.get(number));
                worker.stop();
            }
        }

        private void step(long millis) throws IOException {
            furthest = Math.max(furthest, millis);
            Path next = Files.writeString(
                    offset.resolveSibling("clock-offset.next"), Long.toString(millis), StandardCharsets.UTF_8);
            Files.move(next, offset, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }

        private void comeBack() {
            if (postgresAway) {
                backend.startPostgres();
                postgresAway = false;
            }
            if (registryAway) {
                backend.startRegistry();
                registryAway = false;
            }
        }

        /// Everything works again, and one worker that does everything is there.
        private void mend(FlakyReceiver receiver) throws IOException {
            receiver.flaky(false);
            step(furthest);
            comeBack();
            start(0);
            awaitReady(0);
        }

        private void audit(
                Application application,
                FlakyReceiver receiver,
                Map<String, List<DeliveryResult>> results,
                int deliveries)
                throws Exception {
            Audit audit = new Audit(installation, application, Map.copyOf(receiver.receipts()), results, deliveries);
            Figures.print(
                    "faults: seed %d, %d deliveries, %d faults, %d extra receipts of at most %d not committed and %d"
                            + " whose answer was hidden",
                    seed,
                    deliveries,
                    done.size(),
                    audit.extraReceipts(),
                    repeats.most(application.codec()),
                    receiver.hidden());
            audit.assertNothingLost();
            audit.assertOneResultEach("DELIVERED");
            repeats.assertExcused(application.codec(), receiver.receipts(), receiver.hiddenOf());
            audit.assertRowsAreTheFold();
            assertThat(WaitingTasks.count(installation, "select count(*) from deliveries where completed_at is null"))
                    .as("deliveries without an end")
                    .isZero();
            WorkerProcess all = workers[0];
            assertThat(all).isNotNull();
            ProcessUse.awaitQuiet(all);
        }
    }
}
