package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RouteFate;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import dev.waybill.local.examples.NodeModules;
import dev.waybill.local.examples.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Rules published by programs that are not ours, with the commands of docs/rules.md. A broken one does no harm and is
/// reported.
class RuleProducersTest {

    private static final String ACME = "acme";
    private static final String RULE = "orders";
    private static final String MARKER = "marker";
    private static final Path PAGE = Path.of("..", "..", "docs", "rules.md");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Installation installation = Installation.create("producers");
    private final RecordingReceiver receiver = new RecordingReceiver();
    private final Application application = new Application(installation);
    private final Map<String, String> ids = new HashMap<>();
    private @Nullable WorkerProcess worker;
    private int sent;

    @BeforeEach
    void start() {
        for (String name : List.of("hook", "other")) {
            ids.put(name, application.putWebhook(ACME, name, receiver.url("/ok"), new DeliveryPolicy()));
        }
        worker = installation.startWorker("one");
    }

    @AfterEach
    void close() {
        if (worker != null) {
            worker.close();
        }
        application.close();
        receiver.close();
        installation.close();
    }

    @Test
    @Tag("node")
    void node_publishes_a_rule_that_deliveries_follow() throws Exception {
        node("--primary=" + id("hook"));
        RouteFate fate = awaitDeliveryBy(RULE);
        assertThat(fate.getDestinationId()).isEqualTo(id("hook"));

        node("--primary=" + id("other"), "--selection=best");
        awaitApplied();
        assertThat(quarantined(1))
                .singleElement()
                .asString()
                .isEqualTo("selection: is one of all, failover, weighted, round-robin, sticky, not best");
        assertThat(awaitDeliveryBy(RULE).getRuleVersion()).isEqualTo(fate.getRuleVersion());

        node("--primary=" + id("other") + "=3", "--selection=weighted");
        awaitApplied();
        assertThat(awaitDeliveryBy(RULE))
                .returns(id("other"), RouteFate::getDestinationId)
                .returns("weighted", RouteFate::getRuleSelection)
                .satisfies(later -> assertThat(later.getRuleVersion()).isGreaterThan(fate.getRuleVersion()));

        Path file = installation.directory().resolve("orders.avro");
        run("--primary=" + id("hook"), "--out=" + file);
        assertThat(application.codec().decode(Files.readAllBytes(file), DefaultDestinationRule.class))
                .returns(List.of(new RuleTarget(id("hook"), 1)), DefaultDestinationRule::getPrimary);

        node("--delete");
        awaitApplied();
        assertThat(deliver("order.created").getReason()).isEqualTo("no_route");
    }

    @Test
    @Tag("debian")
    void a_console_producer_publishes_a_rule_that_deliveries_follow() throws Exception {
        assumeTrue(Programs.exist("kcat"), "kcat is not installed");
        write(
                "orders.avro",
                application.codec().encode(installation.topics().rules(), rule(RULE, "order.*", "all", 1)));
        console("kcat -P", " -k ");
        assertThat(awaitDeliveryBy(RULE))
                .returns(id("hook"), RouteFate::getDestinationId)
                .returns(1L, RouteFate::getRuleVersion);

        write("orders.avro", "no rule".getBytes(StandardCharsets.UTF_8));
        console("kcat -P", " -k ");
        write(
                "orders.avro",
                application.codec().encode(installation.topics().rules(), rule(RULE, "order.*", "best", 2)));
        console("kcat -P", " -k ");
        awaitApplied();
        assertThat(quarantined(2))
                .hasSize(2)
                .anySatisfy(error -> assertThat(error).contains("Magic byte"))
                .anySatisfy(error -> assertThat(error).startsWith("selection: is one of all, "));
        assertThat(awaitDeliveryBy(RULE).getRuleVersion()).isEqualTo(1);
        assertThat(console("kcat -C", " -o beginning "))
                .filteredOn(line -> line.contains(ACME + "/" + RULE + ": "))
                .hasSize(3)
                .contains("1 acme/orders: 7 bytes");

        console("echo ", " -Z");
        awaitApplied();
        assertThat(deliver("order.created").getReason()).isEqualTo("no_route");
    }

    // --- publishing -------------------------------------------------------------------------------------------------

    private void node(String... options) throws IOException {
        assertThat(run(options)).anySatisfy(line -> assertThat(line).contains("\"rule\":\"acme/orders\""));
    }

    private List<String> run(String... options) throws IOException {
        String[] command = Stream.concat(
                        Stream.of(
                                "--brokers=" + installation.backend().bootstrapServers(),
                                "--registry=" + installation.backend().registryUrl(),
                                "--prefix=" + installation.topics().prefix(),
                                "--organization=" + ACME,
                                "--rule=" + RULE,
                                "--type=order.*"),
                        Stream.of(options))
                .toArray(String[]::new);
        var ended = NodeModules.run(NodeModules.EXAMPLE.resolve("rule.js"), PATIENCE, command);
        assertThat(ended.exitCode()).as(() -> String.join("\n", ended.output())).isZero();
        return ended.output();
    }

    /// Runs the command of the page that begins and goes on like this.
    private List<String> console(String begin, String part) throws IOException {
        String command = command(begin, part);
        var ended = Programs.run(installation.directory(), PATIENCE, List.of("bash", "-c", command));
        assertThat(ended.exitCode())
                .as(() -> command + "\n" + String.join("\n", ended.output()))
                .isZero();
        return ended.output();
    }

    /// The command of the page that begins and goes on like this, for this installation's broker and topics.
    private String command(String begin, String part) throws IOException {
        List<String> found = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .filter(line -> line.startsWith(begin) && line.contains(part))
                .toList();
        assertThat(found).as("commands of the page").hasSize(1);
        return found.getFirst()
                .replace("localhost:9092", installation.backend().bootstrapServers())
                .replace("delivery.", installation.topics().prefix());
    }

    private void write(String file, byte[] value) throws IOException {
        Files.write(installation.directory().resolve(file), value);
    }

    private DefaultDestinationRule rule(String id, String type, String selection, long version) {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId(ACME)
                .setRuleId(id)
                .setName(id)
                .setPriority(1)
                .setConditions(RuleConditions.newBuilder()
                        .setPayloadTypes(List.of(type))
                        .build())
                .setSelection(selection)
                .setPrimary(List.of(new RuleTarget(id("hook"), 1)))
                .setVersion(version)
                .setChangedAt(Instant.now())
                .build();
    }

    private String id(String name) {
        return Objects.requireNonNull(ids.get(name));
    }

    // --- following --------------------------------------------------------------------------------------------------

    /// Waits until the router has applied what was published before: it reads the topic in order.
    private void awaitApplied() {
        String marker = MARKER + sent;
        application.putRule(rule(marker, marker, "all", 1));
        awaitDelivery(marker, marker);
    }

    private RouteFate awaitDeliveryBy(String rule) {
        return awaitDelivery("order.created", rule);
    }

    private RouteFate awaitDelivery(String type, String rule) {
        DeliveryResult result = Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> deliver(type),
                        one -> one.getRoutes().stream().anyMatch(route -> rule.equals(route.getRuleId())));
        assertThat(result.getStatus()).isEqualTo("DELIVERED");
        return result.getRoutes().getFirst();
    }

    /// Asks for one delivery and waits for its result.
    private DeliveryResult deliver(String type) {
        String deliveryId = "d-" + sent++;
        application.send(
                DeliveryRequest.newBuilder()
                        .setDeliveryId(deliveryId)
                        .setOrganizationId(ACME)
                        .setPayload(Payload.newBuilder()
                                .setType(type)
                                .setBody(ByteBuffer.wrap(new byte[] {1}))
                                .build())
                        .setRequestedAt(Instant.now())
                        .build(),
                Map.of());
        var results = application.results(PATIENCE, found -> found >= sent);
        return Objects.requireNonNull(results.get(deliveryId), deliveryId).getFirst();
    }

    /// What is said of so many rules that are none, by the query of the page.
    private List<String> quarantined(int count) throws IOException {
        String query = command("select ", " from projection_quarantine ");
        List<String> errors = new ArrayList<>();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            errors.clear();
            try (var connection =
                            DriverManager.getConnection(installation.database().jdbcUrl());
                    var found = connection.createStatement().executeQuery(query)) {
                while (found.next()) {
                    errors.add(found.getString("error"));
                }
            }
            return errors.size() >= count;
        });
        return errors;
    }
}
