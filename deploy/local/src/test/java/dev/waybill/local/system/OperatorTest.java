package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.app.WorkerApp;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.WorkerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does with the command line and REST, on a worker with real parts.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorTest {

    private static final Duration READY_MAX = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private final Installation installation = Installation.create("operator");
    private final Map<String, String> settings = installation.settings("w", Map.of());
    private final WorkerConfig config = WorkerConfig.of(settings, Map.of());
    private final Sinks sinks = Sinks.open(config);
    private final WorkerApp worker = WorkerApp.start(config, sinks.providers(), sinks.secrets());

    @BeforeAll
    void awaitReady() {
        Awaitility.await().atMost(READY_MAX).until(() -> worker.notReady().isEmpty());
    }

    @AfterAll
    void stop() {
        worker.close();
        sinks.close();
        installation.close();
    }

    @Test
    void topics_are_planned_and_verified() throws IOException {
        String file = PropertiesFile.write(folder, settings);
        assertThat(Cli.run("topics", "verify", "--config", file).out()).contains("All 20 topics are as they should be");
        assertThat(Cli.run("topics", "plan", "--config", file).code()).isZero();
        settings.put("retry.delays", "1s,7s");
        Cli missing = Cli.run("topics", "plan", "-o", "json", "--config", PropertiesFile.write(folder, settings));
        assertThat(missing.code()).isEqualTo(Exit.FAILED);
        assertThat(missing.json().findValuesAsString("action")).containsOnlyOnce("create");
    }

    @Test
    void a_payload_is_delivered_by_rule_and_shown() throws Exception {
        assertThat(rest("destination", "put", "disk", "--org", "acme", "--provider", "file", "-s", "directory=out")
                        .code())
                .isZero();
        assertThat(rest("destination", "test", "disk", "--org", "acme").code()).isZero();
        assertThat(rest("rule", "put", "all", "--org", "acme", "--primary", "disk", "--type", "audit.*")
                        .out())
                .contains("audit.*");
        Path payload = Files.writeString(folder.resolve("report.txt"), "hello");
        Cli delivered = rest(
                "deliver",
                payload.toString(),
                "--org",
                "acme",
                "--type",
                "audit.report",
                "--delivery-id",
                "d-1",
                "--wait",
                "-o",
                "json");
        assertThat(delivered.code()).as(delivered.err()).isZero();
        assertThat(delivered.json().path("status").asString()).isEqualTo("DELIVERED");
        assertThat(delivered.json().path("routes").path(0).path("ruleId").asString())
                .isEqualTo("all");
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Cli shown = rest("show", "d-1", "--org", "acme", "-o", "json");
            assertThat(shown.code()).isZero();
            assertThat(shown.json().path("status").asString()).isEqualTo("delivered");
            assertThat(shown.json().path("routes").path(0).path("attempts")).hasSize(1);
        });
        assertThat(rest("show", "d-1", "--org", "other").code()).isEqualTo(Exit.FAILED);
    }

    @Test
    void a_rejected_delivery_is_a_negative_answer() throws IOException {
        Path payload = Files.writeString(folder.resolve("x.txt"), "x");
        Cli cli = rest("deliver", payload.toString(), "--org", "nobody", "-d", "ghost", "--wait=40");
        assertThat(cli.code()).isEqualTo(Exit.FAILED);
        assertThat(cli.out()).contains("REJECTED");
    }

    @Test
    void a_destination_that_cannot_work_is_refused_with_the_field() {
        Cli cli = rest("destination", "put", "hook", "--org", "acme", "--provider", "webhook", "-s", "url=ftp://x");
        assertThat(cli.code()).isEqualTo(Exit.FAILED);
        assertThat(cli.err()).contains("settings.url");
    }

    @Test
    void metrics_and_health_are_served() throws Exception {
        assertThat(get("/livez")).contains("\"status\":\"ok\"", "sink-webhook-0", "projector");
        assertThat(get("/metrics"))
                .contains("waybill_partitions_paused{waybill_kind=\"webhook\"}")
                .contains("kafka_consumer_fetch_manager_records_lag_max{")
                .contains("kafka_stream_thread_");
    }

    private Cli rest(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add("--url");
        all.add(worker.url());
        return Cli.run(all.toArray(String[]::new));
    }

    private String get(String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(worker.url() + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }
}
