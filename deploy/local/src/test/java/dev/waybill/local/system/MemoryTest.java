package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A worker under load, some of it failing, needs no more after a quarter of an hour than after five minutes.
class MemoryTest {

    private static final Duration WARM = Duration.ofMinutes(5);
    private static final Duration LENGTH = Duration.ofMinutes(15);
    private static final int PER_SECOND = 200;
    private static final int ORGANIZATIONS = 100;
    private static final double GROWTH_MAX = 1.05;

    /// Attempts, polls and commits go on while it is counted.
    private static final int FILES_SLACK = 50;

    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    /// What a process holds.
    private record Held(long liveBytes, long threads, long openFiles) {

        static Held by(WorkerProcess worker) throws IOException, InterruptedException {
            Matcher total = TOTAL.matcher(jcmd(worker, "GC.class_histogram"));
            assertThat(total.find()).isTrue();
            long threads = jcmd(worker, "Thread.print")
                    .lines()
                    .filter(line -> line.startsWith("\""))
                    .count();
            try (var files = Files.list(Path.of("/proc", Long.toString(worker.pid()), "fd"))) {
                return new Held(Long.parseLong(total.group(1)), threads, files.count());
            }
        }

        private static String jcmd(WorkerProcess worker, String command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(worker.pid()),
                            command)
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).isZero();
            return out;
        }
    }

    @Tag("long")
    @Test
    void aWorkerNeedsNoMoreWithTime() throws Exception {
        try (Installation installation = Installation.create("memory");
                FlakyReceiver receiver =
                        new FlakyReceiver(RandomGeneratorFactory.getDefault().create(1));
                Application application = new Application(installation)) {
            receiver.flaky(true);
            for (int o = 0; o < ORGANIZATIONS; o++) {
                application.putWebhook(
                        "org" + o,
                        "hook",
                        receiver.url(),
                        DeliveryPolicy.newBuilder().setDelaysMs(List.of(1_000L)).build());
            }
            try (WorkerProcess worker = installation.startWorker("one")) {
                Thread load = Thread.ofVirtual().start(() -> {
                    Pace.run(
                            (int) LENGTH.toSeconds() * PER_SECOND,
                            PER_SECOND,
                            i -> application.request(
                                    "d-" + i,
                                    "org" + i % ORGANIZATIONS,
                                    List.of("hook"),
                                    ("{\"number\":" + i + "}").getBytes(StandardCharsets.UTF_8)));
                    application.flush();
                });
                Thread.sleep(WARM);
                Held warm = Held.by(worker);
                Thread.sleep(LENGTH.minus(WARM).minusSeconds(10));
                Held late = Held.by(worker);
                load.join();
                Figures.print(
                        "memory: live heap %.1f MiB after %d min, %.1f MiB after %d min (%.3f); threads %d, %d;"
                                + " open files %d, %d",
                        warm.liveBytes() / 1048576.0,
                        WARM.toMinutes(),
                        late.liveBytes() / 1048576.0,
                        LENGTH.toMinutes(),
                        (double) late.liveBytes() / warm.liveBytes(),
                        warm.threads(),
                        late.threads(),
                        warm.openFiles(),
                        late.openFiles());
                assertThat((double) late.liveBytes()).isLessThanOrEqualTo(warm.liveBytes() * GROWTH_MAX);
                assertThat(late.threads()).isLessThanOrEqualTo(warm.threads() + 5);
                assertThat(late.openFiles()).isLessThanOrEqualTo(warm.openFiles() + FILES_SLACK);
                worker.stop();
            }
        }
    }
}
