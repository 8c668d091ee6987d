package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.schemas.Keys;
import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.app.WorkerApp;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.sink.secret.ConfigProviderSecrets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    private final WorkerApp worker = WorkerApp.start(config, sinks);

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
        assertThat(Cli.run("topics", "verify", "--config", file).out()).contains("All 21 topics are as they should be");
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
    void destinations_and_rules_come_and_go() {
        Cli put = rest(
                "destination",
                "put",
                "folder",
                "--org",
                "umbrella",
                "--provider",
                "file",
                "-s",
                "directory=in",
                "-p",
                "schedule=svix",
                "-p",
                "retryableCodes=[404,409]");
        assertThat(put.code()).as(put.err()).isZero();
        assertThat(put.out())
                .containsPattern("directory +in")
                .containsPattern("schedule +svix")
                .containsPattern("retryableCodes +\\[404,409]");
        assertThat(rest("destination", "list", "--org", "umbrella").out()).contains("folder", "storage", "file");
        assertThat(rest("destination", "test", "folder", "--org", "umbrella").code())
                .isZero();
        assertThat(rest("destination", "get", "folder", "--org", "umbrella").out())
                .containsPattern("LAST TEST +VALUE")
                .containsPattern("success +true")
                .doesNotContain("checks");
        Cli got = rest("destination", "get", "folder", "--org", "umbrella", "-o", "json");
        assertThat(got.json().path("settings").path("directory").asString()).isEqualTo("in");
        assertThat(rest("rule", "put", "r1", "--org", "umbrella", "--primary", "folder", "--priority", "7")
                        .code())
                .isZero();
        Cli rules = rest("rule", "list", "--org", "umbrella", "-o", "json");
        assertThat(rules.json().path("rules").path(0).path("priority").asInt()).isEqualTo(7);
        assertThat(rest("destination", "delete", "folder", "--org", "umbrella").code())
                .as("a rule names it")
                .isEqualTo(Exit.FAILED);
        assertThat(rest("rule", "delete", "r1", "--org", "umbrella").code()).isZero();
        assertThat(rest("destination", "delete", "folder", "--org", "umbrella").code())
                .isZero();
        assertThat(rest("destination", "get", "folder", "--org", "umbrella").code())
                .isEqualTo(Exit.FAILED);
        assertThat(rest("rule", "list", "--org", "umbrella", "-o", "json")
                        .json()
                        .path("rules"))
                .isEmpty();
    }

    @Test
    void exit_codes_tell_whose_fault_it_is() {
        assertThat(rest("destination", "list").code()).as("no organization").isEqualTo(Exit.USAGE);
        assertThat(rest("destination", "lst", "--org", "acme").code()).isEqualTo(Exit.USAGE);
        Cli nobody = Cli.run("destination", "list", "--org", "acme", "--url", "http://127.0.0.1:1");
        assertThat(nobody.code()).isEqualTo(Exit.MISSING);
        assertThat(nobody.errors()).singleElement().asString().contains("http://127.0.0.1:1");
        Cli empty = Cli.runWith("", "secret", "put", "k", "--org", "acme", "--secrets-root", folder.toString());
        assertThat(empty.code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void a_receiver_verifies_the_signature_before_and_after_a_rotation() throws Exception {
        String first = secret((byte) 1);
        String second = secret((byte) 2);
        try (ScriptedReceiver receiver = new ScriptedReceiver()) {
            String url = receiver.plays("signed", _ -> ScriptedReceiver.Answer.of(204));
            Cli reference = secret("put", first);
            assertThat(reference.code()).as(reference.err()).isZero();
            assertThat(reference.out()).doesNotContain(first);
            Cli put = rest(
                    "destination",
                    "put",
                    "signed",
                    "--org",
                    "globex",
                    "--provider",
                    "webhook",
                    "-s",
                    "url=" + url,
                    "-s",
                    "signing.secret=" + reference.out().strip());
            assertThat(put.code()).as(put.err()).isZero();
            ScriptedReceiver.Request before = deliverSigned(receiver, "signed-1");
            assertThat(verifies(first, before)).isTrue();
            assertThat(verifies(second, before)).isFalse();
            assertThat(before.header("waybill-attempt")).isEqualTo("1");
            assertThat(before.header("traceparent")).as("the request had none").isEmpty();

            assertThat(secret("rotate", second).out()).isEqualTo(reference.out());
            // The worker remembers a secret for a while.
            Thread.sleep(ConfigProviderSecrets.CACHE_FOR.plusMillis(100));
            ScriptedReceiver.Request after = deliverSigned(receiver, "signed-2");
            assertThat(verifies(first, after)).isTrue();
            assertThat(verifies(second, after)).isTrue();
        }
    }

    private Cli secret(String command, String value) {
        return Cli.runWith(
                value + "\n",
                "secret",
                command,
                "hook",
                "--org",
                "globex",
                "--secrets-root",
                config.secrets().root().toString());
    }

    /// Straight into the topic, so with a version number that it had before.
    @ParameterizedTest
    @ValueSource(ints = {204, 410})
    void a_destination_that_is_made_again_is_sent_to_where_it_is_now(int answer) throws Exception {
        String name = "again-" + answer;
        try (ScriptedReceiver receiver = new ScriptedReceiver();
                Application application = new Application(installation)) {
            String before = receiver.plays(name + "-before", _ -> ScriptedReceiver.Answer.of(answer));
            AtomicInteger arrived = new AtomicInteger();
            String after = receiver.plays(name + "-after", _ -> {
                arrived.incrementAndGet();
                return ScriptedReceiver.Answer.of(204);
            });
            String id = application.putWebhook("initech", name, before, new DeliveryPolicy());
            assertThat(deliver(name, name + "-0").code()).isEqualTo(answer == 204 ? 0 : Exit.FAILED);
            Awaitility.await()
                    .atMost(READY_MAX)
                    .until(() -> rest("destination", "get", name, "--org", "initech", "-o", "json")
                            .json()
                            .at("/health/status")
                            .asString()
                            .equals(answer == 204 ? "well" : "disabled"));

            application.raw(installation.topics().destinations(), Keys.destination("initech", id), null, Map.of());
            application.flush();
            application.putWebhook("initech", name, after, new DeliveryPolicy());
            AtomicInteger tried = new AtomicInteger();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                deliver(name, name + "-" + tried.incrementAndGet());
                return arrived.get() > 0;
            });
        }
    }

    private Cli deliver(String destination, String deliveryId) {
        return Cli.runWith(
                "{}",
                "deliver",
                "-",
                "--org",
                "initech",
                "-d",
                destination,
                "--delivery-id",
                deliveryId,
                "--wait",
                "--url",
                worker.url());
    }

    private ScriptedReceiver.Request deliverSigned(ScriptedReceiver receiver, String deliveryId) {
        Cli cli = Cli.runWith(
                "{\"from\": \"stdin\"}",
                "deliver",
                "-",
                "--org",
                "globex",
                "-d",
                "signed",
                "--delivery-id",
                deliveryId,
                "--wait",
                "--url",
                worker.url());
        assertThat(cli.code()).as(cli.out() + cli.err()).isZero();
        ScriptedReceiver.Request request = receiver.requests(deliveryId).getFirst();
        assertThat(request.body()).isEqualTo("{\"from\": \"stdin\"}");
        return request;
    }

    /// What the official library of Standard Webhooks says.
    private static boolean verifies(String secret, ScriptedReceiver.Request request) throws Exception {
        Map<String, List<String>> headers = new HashMap<>();
        request.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        try {
            new Webhook(secret).verify(request.body(), HttpHeaders.of(headers, (_, _) -> true));
            return true;
        } catch (WebhookVerificationException e) {
            return false;
        }
    }

    private static String secret(byte fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, fill);
        return "whsec_" + Base64.getEncoder().encodeToString(key);
    }

    @Test
    void metrics_and_health_are_served() throws Exception {
        assertThat(get("/livez")).contains("\"status\":\"ok\"", "sink-webhook-0", "projector");
        assertThat(get("/metrics"))
                .contains("waybill_partitions_paused{waybill_kind=\"webhook\"}")
                .contains("kafka_consumer_fetch_manager_records_lag_max{")
                .contains("kafka_stream_thread_");
    }

    @Test
    void an_organization_is_exported_changed_and_imported() throws IOException {
        rest("destination", "put", "disk", "--org", "globex", "--provider", "file", "-s", "directory=out");
        rest("destination", "put", "spare", "--org", "globex", "--provider", "file", "-s", "directory=spare");
        rest("rule", "put", "all", "--org", "globex", "--primary", "disk=3", "--type", "audit.*");
        Path file = folder.resolve("globex.yaml");
        assertThat(rest("rules", "export", "--org", "globex", "--file", file.toString())
                        .code())
                .isZero();
        String yaml = Files.readString(file);
        assertThat(rest("rules", "import", file.toString(), "--org", "globex", "--apply")
                        .out())
                .isEqualToIgnoringNewLines("No difference.");

        // The same in another organization.
        Cli shown = rest("rules", "import", file.toString(), "--org", "initech");
        assertThat(shown.out())
                .contains("+ destinations.disk", "+ rules.all", "Nothing was changed; 3 changes with --apply.");
        assertThat(rest("rule", "list", "--org", "initech", "-o", "json").json().path("rules"))
                .isEmpty();
        assertThat(rest("rules", "import", file.toString(), "--org", "initech", "--apply")
                        .out())
                .contains("3 of 3 changes made.");
        assertThat(rest("rules", "export", "--org", "initech").out()).isEqualTo(yaml);

        // Changes, one of which the worker refuses.
        Files.writeString(file, yaml.replace("spare:", "other:").replace("directory: out", "directory: in") + """
                          bad:
                            selection: best
                            primary:
                              - other
                        """);
        Cli failed = rest("rules", "import", file.toString(), "--org", "initech", "--apply");
        assertThat(failed.code()).isEqualTo(Exit.FAILED);
        assertThat(failed.out())
                .contains(
                        "settings.directory: out -> in",
                        "+ destinations.other",
                        "not in the file, and stays without --prune",
                        "selection: is one of all, failover, weighted, round-robin, sticky, not best",
                        "2 of 3 changes made.");
        Files.writeString(file, Files.readString(file).replace("    selection: best\n", ""));
        Cli pruned = rest("rules", "import", file.toString(), "--org", "initech", "--apply", "--prune", "-o", "json");
        assertThat(pruned.code()).as(pruned.out()).isZero();
        assertThat(pruned.json().path("differences").findValuesAsString("item"))
                .containsExactly("destinations.spare", "rules.bad");
        assertThat(rest("destination", "get", "spare", "--org", "initech").code())
                .isEqualTo(Exit.FAILED);
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
