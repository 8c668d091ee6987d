package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The disk that files are written to is full for a while: nothing half-written is seen, and all files are there once
/// there is space. It is a real file system of one MiB in a mount namespace of the worker's own.
class DiskFullTest {

    private static final int DELIVERIES = 20;
    private static final int SIZE = 20 << 10;

    /// Leaves space for a few of the files.
    private static final int FILLER_KIB = 900;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void all_arrive_once_there_is_space_and_nothing_is_seen_in_parts() throws Exception {
        assumeTrue(canMount(), "unshare(1) may not make a mount namespace here");
        try (Installation installation = Installation.create("full");
                Application application = new Application(installation)) {
            Path root = installation.directory().resolve("files");
            application.put(
                    "acme",
                    "disk",
                    Kind.STORAGE,
                    "file",
                    Map.of("directory", "out"),
                    DeliveryPolicy.newBuilder()
                            .setMaxAttempts(1_000)
                            .setDelaysMs(List.of(1_000L, 2_000L))
                            .setBreakerOpenMs(1_000L)
                            .setBreakerOpenMaxMs(2_000L)
                            .build());
            try (WorkerProcess worker = WorkerProcess.start(
                    onSmallDisk(root), installation.directory(), "one", installation.settings("one", Map.of()))) {
                Path seen = Path.of("/proc", Long.toString(worker.pid()), "root" + root);
                for (int i = 0; i < DELIVERIES; i++) {
                    application.request("d-" + i, "acme", List.of("disk"), "application/octet-stream", body(i));
                }
                application.flush();
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> WaitingTasks.count(
                                        installation,
                                        "select count(distinct delivery_id) from delivery_attempts"
                                                + " where error_code = 'file_disk_full'")
                                > 0);
                assertWhole(seen);
                WaitingTasks.assertRowsHaveDueTimes(installation);
                assertThat(WaitingTasks.assertHaveDueTimes(installation, application))
                        .as("tasks that wait for space")
                        .isPositive();
                assertThat(files(seen)).as("files while the disk is full").hasSizeLessThan(DELIVERIES);

                Files.delete(seen.resolve("filler"));
                Map<String, List<DeliveryResult>> results = application.results(PATIENCE, found -> found >= DELIVERIES);
                Audit audit = new Audit(installation, application, Map.of(), results, DELIVERIES);
                audit.assertOneResultEach("DELIVERED");
                audit.assertRowsAreTheFold();
                assertThat(files(seen)).hasSize(DELIVERIES);
                assertWhole(seen);
                assertThat(faults(installation, application))
                        .as("whose fault it was, and what")
                        .containsOnlyKeys("Retryable capacity file_disk_full");
                worker.stop();
            }
        }
    }

    private static byte[] body(int number) {
        byte[] body = new byte[SIZE];
        Arrays.fill(body, (byte) number);
        return body;
    }

    /// No more than is needed to mount something that nobody else sees.
    private static List<String> inNamespace(String script) {
        return List.of("unshare", "--map-root-user", "--mount", "sh", "-e", "-c", script, "sh");
    }

    private static boolean canMount() throws InterruptedException {
        try {
            List<String> trial = new ArrayList<>(inNamespace("mount -t tmpfs -o size=64k none /mnt"));
            return new ProcessBuilder(trial).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> onSmallDisk(Path root) {
        List<String> program = new ArrayList<>(inNamespace("mount -t tmpfs -o size=1m none " + root + "; head -c "
                + FILLER_KIB + "k /dev/zero > " + root.resolve("filler") + "; exec \"$@\""));
        program.addAll(WorkerProcess.program("dev.waybill.worker.app.Main", List.of()));
        return program;
    }

    /// What whoever reads the directory sees.
    private static List<Path> files(Path root) throws IOException {
        if (!Files.exists(root.resolve("acme/out"))) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(root.resolve("acme/out"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void assertWhole(Path root) throws IOException {
        for (Path file : files(root)) {
            byte[] bytes = Files.readAllBytes(file);
            assertThat(bytes).as("%s", file).hasSize(SIZE).isEqualTo(body(bytes[0]));
        }
    }

    private static Map<String, Integer> faults(Installation installation, Application application) {
        Map<String, Integer> faults = new HashMap<>();
        application.read(installation.topics().attempts(), Duration.ofSeconds(20), () -> true, record -> {
            DeliveryAttempt event = application.codec().decode(record.value(), DeliveryAttempt.class);
            if (event.getErrorCode() != null) {
                faults.merge(
                        event.getOutcome() + " " + event.getErrorCategory() + " " + event.getErrorCode(),
                        1,
                        Integer::sum);
            }
        });
        return faults;
    }
}
