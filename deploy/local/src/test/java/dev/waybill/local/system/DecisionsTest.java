package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DeliveryTask;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RouteFate;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.TrailEntry;
import dev.waybill.local.system.ScriptedReceiver.Answer;
import dev.waybill.local.system.ScriptedReceiver.Request;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.Reasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Every decision, from a request in Kafka to its result and its dead letter, by one worker. All requests are sent at
/// once; each test looks at what became of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DecisionsTest {

    private static final String ACME = "acme";
    private static final String AFTER_SECONDS = "2";
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final Duration RESULTS_MAX = Duration.ofSeconds(60);
    private static final int REQUESTS = 18;
    private static final String REPORT = "a;b;c\n".repeat(100_000);
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    /// The date that a receiver asked to be left alone until.
    private volatile Instant notBefore = Instant.MAX;

    private final Installation installation = Installation.create("decisions");
    private final ScriptedReceiver receiver = new ScriptedReceiver();
    private final Application application = new Application(installation);
    private final HttpServer mail = mailWithoutCredits();
    private final Path archive =
            installation.directory().resolve("files").resolve(ACME).resolve("archive");
    private final Path exports = installation.directory().resolve("exports");
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, ConsumerRecord<String, byte[]>> deadLetters = new HashMap<>();
    private Map<String, List<DeliveryResult>> results = Map.of();

    @BeforeAll
    void run() throws IOException {
        Files.createDirectories(archive);
        Files.createDirectories(exports);
        Files.writeString(exports.resolve("report.csv"), REPORT);
        configure();
        Map<String, String> settings = installation.settings(
                "one",
                Map.of(
                        "resolution.grace.ms",
                        Long.toString(GRACE.toMillis()),
                        "payload.file.roots",
                        exports.toString()));
        try (WorkerProcess worker = WorkerProcess.start(installation.directory(), "one", settings)) {
            request();
            // Configured after the request that names it, and within the grace.
            put(ACME, "late", receiver.plays("late", _ -> Answer.of(204)));
            results = application.results(RESULTS_MAX, found -> found >= REQUESTS);
            application.read(
                    installation.topics().deadLetters(),
                    Duration.ofSeconds(10),
                    () -> true,
                    record -> deadLetters.put(record.key(), record));
            new Audit(installation, application, Map.of(), results, 0).assertRowsAreTheFold();
            worker.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void close() {
        application.close();
        receiver.close();
        mail.stop(0);
        installation.close();
    }

    /// SendGrid, as it answers an account that has sent all it may.
    private static HttpServer mailWithoutCredits() {
        byte[] body = "{\"errors\":[{\"message\":\"Maximum credits exceeded\",\"field\":null}]}"
                .getBytes(StandardCharsets.UTF_8);
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
            server.createContext("/v3/mail/send", exchange -> {
                try (exchange) {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(401, body.length);
                    exchange.getResponseBody().write(body);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void configure() throws IOException {
        put(ACME, "ok", receiver.plays("ok", _ -> Answer.of(204)));
        put(ACME, "busy", receiver.plays("busy", number -> retryAfter(number, 429, AFTER_SECONDS)));
        put(ACME, "away", receiver.plays("away", number -> retryAfter(number, 503, date(number))));
        put(ACME, "gone", receiver.plays("gone", _ -> Answer.of(410)));
        put(ACME, "moved", receiver.plays("moved", _ -> new Answer(302, Map.of("Location", "/ok"))));
        put(ACME, "broken", receiver.plays("broken", _ -> Answer.of(500)));
        put("globex", "theirs", receiver.plays("theirs", _ -> Answer.of(204)));
        ids.put(
                "archive",
                application.put(
                        ACME, "archive", Kind.STORAGE, "file", Map.of("directory", archive.toString()), quick()));
        ids.put(
                "mail",
                application.put(
                        ACME,
                        "mail",
                        Kind.EMAIL,
                        "sendgrid",
                        Map.of(
                                "base.url",
                                "http://127.0.0.1:" + mail.getAddress().getPort(),
                                "api.key",
                                installation.secret(ACME, "sendgrid", "SG.key"),
                                "from",
                                "us@example.com",
                                "to",
                                "you@example.com"),
                        DeliveryPolicy.newBuilder().build()));
        application.putDisabled(ACME, "retired", receiver.plays("retired", _ -> Answer.of(204)));
        rule("audit", 20, "audit.*", List.of("ok"), List.of());
        rule("reports", 10, "report.monthly", List.of("broken"), List.of("mail", "archive"));
    }

    private void request() {
        application.request("after-seconds", ACME, List.of("busy"), body("1"));
        application.request("after-date", ACME, List.of("away"), body("2"));
        application.request("gone", ACME, List.of("gone"), body("3"));
        application.request("moved", ACME, List.of("moved"), body("4"));
        application.request("exhausted", ACME, List.of("broken"), body("5"));
        application.send(typed("failed-over", "report.monthly").build(), Map.of());
        application.request("partial", ACME, List.of("ok", "gone"), body("6"));
        application.request("unknown", ACME, List.of("nobody-knows"), body("7"));
        application.request("late", ACME, List.of("late"), body("8"));
        application.request("disabled", ACME, List.of("retired"), body("9"));
        application.request("foreign", ACME, List.of(id("theirs")), body("10"));
        application.send(typed("first", "audit.login").setIdempotencyKey("same").build(), Map.of());
        application.send(
                typed("second", "audit.login").setIdempotencyKey("same").build(), Map.of());
        application.send(
                typed("by-rule", "audit.login").build(),
                Map.of(Headers.TRACEPARENT, "00-" + TRACE_ID + "-00f067aa0ba902b7-01"));
        application.send(typed("no-rule", "invoice.created").build(), Map.of());
        application.send(referring("by-reference", exports.resolve("report.csv")), Map.of());
        application.send(referring("outside", Path.of("/etc/hostname")), Map.of());
        application.request("stranger", "initech", List.of("ok"), body("11"));
        application.flush();
    }

    @Test
    void each_request_has_one_result() {
        assertThat(results)
                .hasSize(REQUESTS)
                .allSatisfy((_, each) -> assertThat(each).hasSize(1));
    }

    @Test
    void retry_after_in_seconds_is_waited_for() {
        List<Request> came = receiver.requests("after-seconds");
        assertThat(came).hasSize(2);
        assertThat(came.getLast().at())
                .isAfterOrEqualTo(came.getFirst().at().plusSeconds(Long.parseLong(AFTER_SECONDS)));
        assertThat(came)
                .extracting(request -> request.header("waybill-attempt"))
                .containsExactly("1", "2");
        assertThat(came).extracting(Request::body).containsOnly("1");
        assertThat(only("after-seconds").getStatus()).isEqualTo("DELIVERED");
        assertThat(only("after-seconds").getRoutes().getFirst().getAttempts()).isEqualTo(2);
    }

    @Test
    void retry_after_as_a_date_is_waited_for() {
        List<Request> came = receiver.requests("after-date");
        assertThat(came).hasSize(2);
        assertThat(came.getLast().at()).isAfterOrEqualTo(notBefore);
        assertThat(only("after-date").getStatus()).isEqualTo("DELIVERED");
    }

    @Test
    void what_is_gone_or_moved_is_tried_once() {
        for (Map.Entry<String, Integer> each : Map.of("gone", 410, "moved", 302).entrySet()) {
            RouteFate fate = onlyRoute(each.getKey(), "FAILED");
            assertThat(fate.getReason()).isEqualTo(Reasons.PERMANENT);
            assertThat(fate.getResponseCode()).isEqualTo(each.getValue());
            assertThat(receiver.requests(each.getKey())).hasSize(1);
            assertThat(deadTask(each.getKey()).getAttempts()).isEqualTo(1);
        }
    }

    @Test
    void what_is_exhausted_can_be_taken_out_of_the_dead_letters() {
        RouteFate fate = onlyRoute("exhausted", "FAILED");
        assertThat(fate.getReason()).isEqualTo(Reasons.EXHAUSTED);
        assertThat(fate.getAttempts()).isEqualTo(2);
        assertThat(receiver.requests("exhausted")).hasSize(2);
        DeliveryTask task = deadTask("exhausted");
        assertThat(task.getLastResponseCode()).isEqualTo(500);
        DeliveryRequest request =
                application.codec().decode(Bytes.of(task.getRequest()).array(), DeliveryRequest.class);
        assertThat(request.getPayload().getBody()).isEqualTo(ByteBuffer.wrap(body("5")));
        var headers = deadLetter("exhausted").headers();
        assertThat(Headers.text(headers, Headers.ERROR_STAGE)).isEqualTo(Reasons.EXHAUSTED);
        assertThat(Headers.text(headers, Headers.ERROR_TOPIC))
                .isEqualTo(installation.topics().tasks(Kind.WEBHOOK));
        assertThat(Headers.text(headers, Headers.ERROR_OFFSET)).isNotNull();
    }

    @Test
    void a_route_fails_over_from_a_webhook_to_mail_to_a_directory() throws IOException {
        RouteFate fate = onlyRoute("failed-over", "DELIVERED");
        assertThat(fate.getDestinationId()).isEqualTo(id("archive"));
        assertThat(fate.getFallbackUsed()).isTrue();
        assertThat(fate.getRuleId()).isEqualTo("reports");
        assertThat(fate.getTrail())
                .extracting(TrailEntry::getDestinationId, TrailEntry::getReason, TrailEntry::getErrorCode)
                .containsExactly(
                        tuple(id("broken"), Reasons.EXHAUSTED, "http_500"),
                        tuple(id("mail"), Reasons.ACCOUNT, "sendgrid_no_credits"));
        assertThat(receiver.requests("failed-over")).hasSize(2);
        try (Stream<Path> files = Files.walk(archive)) {
            assertThat(files.filter(Files::isRegularFile))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasBinaryContent(body("failed-over")));
        }
        assertThat(deadLetters).doesNotContainKey("failed-over");
    }

    @Test
    void one_of_two_routes_is_partial() {
        DeliveryResult result = only("partial");
        assertThat(result.getStatus()).isEqualTo("PARTIAL");
        assertThat(result.getRoutes()).extracting(RouteFate::getStatus).containsExactly("delivered", "failed");
        assertThat(result.getRoutes()).extracting(RouteFate::getDestinationId).containsExactly(id("ok"), id("gone"));
    }

    @Test
    void an_unknown_name_is_rejected_after_the_grace_and_a_late_one_is_found() {
        DeliveryResult unknown = only("unknown");
        assertThat(onlyRoute("unknown", "REJECTED").getReason()).isEqualTo(Reasons.UNKNOWN_DESTINATION);
        assertThat(Duration.between(unknown.getQueuedAt(), unknown.getCompletedAt()))
                .isGreaterThanOrEqualTo(GRACE);
        assertThat(onlyRoute("stranger", "REJECTED").getReason()).isEqualTo(Reasons.UNKNOWN_DESTINATION);
        assertThat(onlyRoute("late", "DELIVERED").getDestinationId()).isEqualTo(id("late"));
    }

    @Test
    void disabled_and_foreign_destinations_receive_nothing() {
        assertThat(onlyRoute("disabled", "REJECTED").getReason()).isEqualTo(Reasons.DISABLED_DESTINATION);
        assertThat(onlyRoute("foreign", "REJECTED").getReason()).isEqualTo(Reasons.FOREIGN_DESTINATION);
        assertThat(receiver.requests("disabled")).isEmpty();
        assertThat(receiver.requests("foreign")).isEmpty();
    }

    @Test
    void a_repeated_idempotency_key_is_a_duplicate() {
        assertThat(only("first").getStatus()).isEqualTo("DELIVERED");
        assertThat(only("second").getStatus()).isEqualTo("DUPLICATE");
        assertThat(only("second").getDuplicateOf()).isEqualTo("first");
        assertThat(receiver.requests("first")).hasSize(1);
        assertThat(receiver.requests("second")).isEmpty();
    }

    @Test
    void rules_choose_by_payload_type() {
        RouteFate fate = onlyRoute("by-rule", "DELIVERED");
        assertThat(fate.getRuleId()).isEqualTo("audit");
        assertThat(fate.getDestinationId()).isEqualTo(id("ok"));
        assertThat(only("no-rule").getStatus()).isEqualTo("REJECTED");
        assertThat(only("no-rule").getReason()).isEqualTo(Reasons.NO_ROUTE);
    }

    @Test
    void the_trace_of_the_request_reaches_the_receiver() {
        assertThat(receiver.requests("by-rule")).singleElement().satisfies(request -> {
            assertThat(request.header("traceparent")).matches("00-" + TRACE_ID + "-[0-9a-f]{16}-01");
            assertThat(request.header("waybill-type")).isEqualTo("audit.login");
        });
    }

    @Test
    void a_payload_by_reference_is_fetched_where_that_is_allowed() throws Exception {
        assertThat(only("by-reference").getStatus()).isEqualTo("DELIVERED");
        assertThat(receiver.requests("by-reference"))
                .singleElement()
                .satisfies(request -> assertThat(request.body()).isEqualTo(REPORT));
        try (var connection =
                        DriverManager.getConnection(installation.database().jdbcUrl());
                var rows = connection
                        .createStatement()
                        .executeQuery("select payload_hash from delivery_logs where delivery_id = 'by-reference'")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1))
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(body(REPORT))));
        }
        assertThat(only("outside").getStatus()).isEqualTo("REJECTED");
        assertThat(only("outside").getReason()).startsWith(Reasons.INVALID_REQUEST);
    }

    private static DeliveryRequest referring(String deliveryId, Path file) {
        DeliveryRequest request = typed(deliveryId, "export").build();
        request.getPayload().setBody(null);
        request.getPayload().setUri(file.toUri().toString());
        request.setDestinationIds(List.of("ok"));
        return request;
    }

    private static Answer retryAfter(int number, int status, String hint) {
        return number == 1 ? new Answer(status, Map.of("Retry-After", hint)) : Answer.of(204);
    }

    /// Three seconds after the first request; HTTP dates know no fractions.
    private String date(int number) {
        if (number == 1) {
            notBefore = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
        }
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(notBefore.atZone(ZoneOffset.UTC));
    }

    private void put(String organization, String name, String url) {
        ids.put(name, application.putWebhook(organization, name, url, quick()));
    }

    private void rule(String id, int priority, String type, List<String> primary, List<String> fallback) {
        application.putRule(DefaultDestinationRule.newBuilder()
                .setOrganizationId(ACME)
                .setRuleId(id)
                .setName(id)
                .setPriority(priority)
                .setConditions(RuleConditions.newBuilder()
                        .setPayloadTypes(List.of(type))
                        .build())
                .setPrimary(targets(primary))
                .setFallback(targets(fallback))
                .setVersion(1)
                .setChangedAt(Instant.now())
                .build());
    }

    private List<RuleTarget> targets(List<String> names) {
        return names.stream().map(name -> new RuleTarget(id(name), 1)).toList();
    }

    private static DeliveryPolicy quick() {
        return DeliveryPolicy.newBuilder()
                .setMaxAttempts(2)
                .setDelaysMs(List.of(200L))
                .setJitter(0.0)
                // Two requests go there, and neither is to find it given up by the other's answer.
                .setDisableOnGone(false)
                .build();
    }

    /// A request without destinations, whose payload is its id.
    private static DeliveryRequest.Builder typed(String deliveryId, String type) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(ACME)
                .setPayload(Payload.newBuilder()
                        .setType(type)
                        .setContentType("text/plain")
                        .setBody(ByteBuffer.wrap(body(deliveryId)))
                        .build())
                .setRequestedAt(Instant.now());
    }

    private static byte[] body(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String id(String name) {
        return ids.getOrDefault(name, name);
    }

    private DeliveryResult only(String deliveryId) {
        return results.getOrDefault(deliveryId, List.of()).getFirst();
    }

    private RouteFate onlyRoute(String deliveryId, String status) {
        DeliveryResult result = only(deliveryId);
        assertThat(result.getStatus()).as(result::toString).isEqualTo(status);
        assertThat(result.getRoutes()).hasSize(1);
        return result.getRoutes().getFirst();
    }

    private DeliveryTask deadTask(String deliveryId) {
        ConsumerRecord<String, byte[]> record = deadLetter(deliveryId);
        assertThat(Headers.text(record.headers(), Headers.KIND)).isEqualTo(Headers.KIND_TASK);
        return application.codec().decode(record.value(), DeliveryTask.class);
    }

    private ConsumerRecord<String, byte[]> deadLetter(String deliveryId) {
        return Objects.requireNonNull(deadLetters.get(deliveryId), "no dead letter of " + deliveryId);
    }
}
