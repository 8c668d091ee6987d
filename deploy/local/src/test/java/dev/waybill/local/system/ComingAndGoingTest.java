package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two to four workers join and leave every few seconds, as an autoscaler makes them: nothing is lost, and nothing is
/// repeated, because all of them leave in peace.
class ComingAndGoingTest {

    private static final int PER_SECOND = 100;
    private static final int ORGANIZATIONS = 10;
    private static final int WORKERS_MAX = 4;
    private static final int WORKERS_MIN = 2;

    /// Between two changes: less than a group needs to settle, now and then.
    private static final Duration BETWEEN = Duration.ofSeconds(2);

    @Test
    void nothing_is_repeated() throws Exception {
        run(3);
    }

    @Tag("long")
    @Test
    void nothing_is_repeated_for_long() throws Exception {
        run(40);
    }

    private static void run(int changes) throws Exception {
        try (Installation installation = Installation.create("going");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            for (int o = 0; o < ORGANIZATIONS; o++) {
                application.putWebhook("org" + o, "hook", receiver.url("/ok"), new DeliveryPolicy());
            }
            Deque<WorkerProcess> workers = new ArrayDeque<>();
            try {
                int started = 0;
                while (workers.size() < WORKERS_MIN) {
                    workers.add(launch(installation, started++));
                }
                workers.forEach(WorkerProcess::awaitReady);
                Load load = new Load(application);
                Thread thread = Thread.ofVirtual().start(load::run);
                boolean growing = true;
                for (int change = 0; change < changes; change++) {
                    Thread.sleep(BETWEEN);
                    growing = workers.size() == WORKERS_MIN || (growing && workers.size() < WORKERS_MAX);
                    if (growing) {
                        WorkerProcess joining = launch(installation, started++);
                        workers.add(joining);
                        joining.awaitReady();
                    } else {
                        workers.remove().stop();
                    }
                }
                load.stop();
                thread.join();
                Map<String, List<DeliveryResult>> results =
                        application.results(Duration.ofMinutes(2), found -> found >= load.sent);
                Audit audit = Audit.of(installation, application, receiver, results, load.sent);
                Figures.print(
                        "coming and going: %d deliveries, %d changes, %d extra receipts",
                        load.sent, changes, audit.extraReceipts());
                audit.assertNothingLost();
                audit.assertOneResultEach("DELIVERED");
                assertThat(audit.extraReceipts())
                        .as("receipts repeated by clean moves")
                        .isZero();
                audit.assertRowsAreTheFold();
            } finally {
                workers.forEach(WorkerProcess::close);
            }
        }
    }

    private static WorkerProcess launch(Installation installation, int number) {
        String id = "worker-" + number;
        return WorkerProcess.launch(
                "dev.waybill.worker.app.Main",
                List.of(),
                installation.directory(),
                id,
                installation.settings(id, Map.of()));
    }

    /// Requests at an even rate, until it is told to stop.
    private static final class Load {

        private final Application application;
        private volatile boolean stopped;
        private volatile int sent;

        Load(Application application) {
            this.application = application;
        }

        void run() {
            while (!stopped) {
                int from = sent;
                Pace.run(
                        PER_SECOND,
                        PER_SECOND,
                        i -> application.request(
                                "d-" + (from + i),
                                "org" + i % ORGANIZATIONS,
                                List.of("hook"),
                                "{}".getBytes(StandardCharsets.UTF_8)));
                sent = from + PER_SECOND;
            }
            application.flush();
        }

        void stop() {
            stopped = true;
        }
    }
}
