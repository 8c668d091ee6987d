package dev.waybill.worker.sink.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSinkTest {

    private static final String OLD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NEW_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private static final String BODY = "{\"report\":1}";

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final WebhookProvider provider = new WebhookProvider(http, secrets, InstantSource.system(), "1.2.3");
    private final List<Sink> sinks = new ArrayList<>();
    private ScriptedHttpServer server;

    @ParameterizedTest
    @CsvSource({
        "https://example.com/a,true",
        "HTTPS://example.com,true",
        "http://example.com,false",
        "https,false",
        "httpsx://a,false",
        "'',false"
    })
    void itIsEncryptedIfTheUrlSaysSo(String url, boolean encrypted) {
        assertThat(provider.isEncrypted(Samples.destination(Kind.WEBHOOK, "webhook", Map.of("url", url))))
                .isEqualTo(encrypted);
    }

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        sinks.forEach(Sink::close);
        server.close();
        http.close();
        dialer.close();
    }

    private Sink open(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("url", server.url("/hook?x=1")));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return open(Samples.destination(Kind.WEBHOOK, "webhook", all));
    }

    private Sink open(Destination destination) {
        Sink sink = provider.open(destination);
        sinks.add(sink);
        return sink;
    }

    private static AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(attempt));
    }

    private static AttemptReport deliver(Sink sink) throws Exception {
        return deliver(sink, Samples.attempt("d-1", Samples.body(BODY)));
    }

    private static Fault fault(AttemptReport report, Class<? extends Outcome> type) {
        assertThat(report.outcome()).isInstanceOf(type);
        return ((Failed) report.outcome()).fault();
    }

    private Received last() {
        return server.received().getLast();
    }

    private static java.net.http.HttpHeaders headers(Received request) {
        Map<String, List<String>> all = new HashMap<>();
        request.headers().forEach((name, value) -> all.put(name, List.of(value)));
        return java.net.http.HttpHeaders.of(all, (_, _) -> true);
    }

    private static String text(Received request) {
        return new String(request.body().array(), StandardCharsets.UTF_8);
    }

    @Test
    void the_official_library_accepts_the_signature() throws Exception {
        deliver(open("signing.secret", secrets.put("signing", OLD_SECRET)));

        new Webhook(OLD_SECRET).verify(text(last()), headers(last()));
        assertThatThrownBy(() -> new Webhook(OLD_SECRET).verify(text(last()) + " ", headers(last())))
                .isInstanceOf(Exception.class);
        assertThatThrownBy(() -> new Webhook(NEW_SECRET).verify(text(last()), headers(last())))
                .isInstanceOf(Exception.class);
    }

    @Test
    void both_secrets_verify_during_a_rotation() throws Exception {
        Sink sink = open("signing.secret", secrets.put("signing", OLD_SECRET));
        secrets.rotate("signing", NEW_SECRET);
        deliver(sink);

        new Webhook(NEW_SECRET).verify(text(last()), headers(last()));
        new Webhook(OLD_SECRET).verify(text(last()), headers(last()));
    }

    @Test
    void both_named_secrets_verify() throws Exception {
        deliver(open(
                "signing.secret", secrets.put("new", NEW_SECRET),
                "signing.secret.previous", secrets.put("old", OLD_SECRET)));

        new Webhook(NEW_SECRET).verify(text(last()), headers(last()));
        new Webhook(OLD_SECRET).verify(text(last()), headers(last()));
    }

    @Test
    void sends_what_the_receiver_needs() throws Exception {
        Attempt plain = Samples.attempt(
                "d-7",
                new Payload("audit.report", "text/csv; charset=utf-8", Samples.body("a;b"), null, null),
                Map.of("X-Tenant", "north", "X-Other", "no", "Cookie", "c=1"));
        Attempt third =
                new Attempt(plain.delivery(), plain.content(), 3, Map.of("traceparent", "00-aa-bb-01", "other", "x"));

        AttemptReport report =
                deliver(open("headers.X-Team", "reports", "request.headers.allowed", "x-tenant, x-absent"), third);

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(last().method()).isEqualTo("POST");
        assertThat(last().path()).isEqualTo("/hook?x=1");
        assertThat(last().headers())
                .containsEntry("host", "127.0.0.1:" + server.port())
                .containsEntry("content-type", "text/csv; charset=utf-8")
                .containsEntry("content-length", "3")
                .containsEntry("user-agent", "waybill/1.2.3")
                .containsEntry("webhook-id", "d-7")
                .containsEntry("waybill-attempt", "3")
                .containsEntry("waybill-type", "audit.report")
                .containsEntry("traceparent", "00-aa-bb-01")
                .containsEntry("x-team", "reports")
                .containsEntry("x-tenant", "north")
                .doesNotContainKeys("x-other", "cookie", "other", "accept-encoding", "webhook-signature");
    }

    @Test
    void a_header_of_the_request_cannot_begin_another_line() throws Exception {
        Attempt attempt = Samples.attempt(
                "d-1",
                new Payload("bad\r\nx-injected: 1", "text/plain", Samples.body("x"), null, null),
                Map.of("X-Tenant", "a\r\nx-injected: 1", "X-Um\r\nlaut", "b"));

        deliver(open("request.headers.allowed", "x-tenant"), attempt);

        assertThat(last().headers()).doesNotContainKeys("x-injected", "x-tenant", "waybill-type");
    }

    @Test
    void a_content_type_that_is_no_header_is_refused() throws Exception {
        Payload payload = new Payload("t", "text/plain\r\nx-injected: 1", Samples.body("x"), null, null);

        AttemptReport report = deliver(open(), Samples.attempt("d-1", payload, Map.of()));

        assertThat(fault(report, Permanent.class).code()).isEqualTo("invalid_content_type");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void keeps_the_beginning_of_the_answer_and_the_headers_asked_for() throws Exception {
        server.next(ScriptedHttpServer.answer(
                422,
                "X-Request-Id: r-1\r\nSet-Cookie: a=b\r\nContent-Type: text/plain\r\n",
                "no\u0000 " + "ä".repeat(2_000)));

        AttemptReport report = deliver(open());

        assertThat(report.responseCode()).isEqualTo(422);
        assertThat(report.responseHeaders())
                .containsOnly(Map.entry("x-request-id", "r-1"), Map.entry("content-type", "text/plain"));
        assertThat(report.responseExcerpt()).startsWith("no  ää").doesNotContain("\u0000");
        assertThat(report.remoteAddress()).isEqualTo("127.0.0.1:" + server.port());
        assertThat(report.bytesSent()).isGreaterThan(BODY.length());
    }

    @Test
    void blots_out_a_secret_that_the_receiver_echoes() throws Exception {
        server.next(ScriptedHttpServer.answer(403, "", "wrong token: sesame!"));

        AttemptReport report = deliver(open("headers.Authorization", "Bearer " + secrets.put("token", "sesame")));

        assertThat(last().headers()).containsEntry("authorization", "Bearer sesame");
        assertThat(report.responseExcerpt()).isEqualTo("wrong token: ***!");
    }

    @Test
    void an_unavailable_secret_is_our_fault() throws Exception {
        Sink sink = open("signing.secret", secrets.put("signing", OLD_SECRET));
        secrets.becomeUnavailable();

        assertThat(fault(deliver(sink), OurFault.class).code()).isEqualTo("secret_unavailable");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_secret_that_cannot_sign_is_a_mistake_of_the_settings() throws Exception {
        Fault fault = fault(deliver(open("signing.secret", secrets.put("signing", "hunter2"))), Permanent.class);

        assertThat(fault.category()).isEqualTo(ErrorCategory.CONFIGURATION);
        assertThat(fault.message()).doesNotContain("hunter2");
    }

    @Test
    void connections_are_used_again() throws Exception {
        Sink sink = open();
        AttemptReport first = deliver(sink);
        server.next(ScriptedHttpServer.answer(200, "", "fine"));
        AttemptReport second = deliver(sink);
        AttemptReport third = deliver(sink);

        assertThat(server.connections()).isEqualTo(1);
        assertThat(first.phases().connect()).isNotNull();
        assertThat(second.phases().connect()).isNull();
        assertThat(second.phases().firstByte()).isNotNull();
        assertThat(third.phases().dns()).isNull();
    }

    @Test
    void a_connection_that_the_receiver_has_closed_meanwhile_is_replaced() throws Exception {
        Sink sink = open();
        deliver(sink);
        server.dropConnections();
        Thread.sleep(350);

        assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void an_unasked_answer_is_not_taken_for_the_next_one() throws Exception {
        Sink sink = open();
        server.next(connection -> {
            connection.send("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n");
            return true;
        });
        deliver(sink);

        assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
        assertThat(server.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"Connection: close", "Keep-Alive: timeout=1"})
    void a_connection_is_not_used_longer_than_the_receiver_says(String header) throws Exception {
        Sink sink = open();
        server.next(ScriptedHttpServer.answer(200, header + "\r\n", ""));
        deliver(sink);
        Thread.sleep(20);
        deliver(sink);

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void redirects_are_not_followed() throws Exception {
        server.next(ScriptedHttpServer.answer(302, "Location: " + server.url("/else") + "\r\n", ""));

        assertThat(fault(deliver(open()), Permanent.class).code()).isEqualTo("http_302");
        assertThat(server.received()).hasSize(1);
    }

    @Test
    void interim_answers_are_skipped() throws Exception {
        server.next(
                ScriptedHttpServer.raw(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n\r\n"));

        assertThat(deliver(open()).responseCode()).isEqualTo(201);
    }

    @Test
    void what_is_not_http_is_ambiguous() throws Exception {
        server.next(ScriptedHttpServer.raw("SSH-2.0-OpenSSH_9.2\r\n".repeat(30)));
        assertThat(fault(deliver(open()), Ambiguous.class).code()).isIn("invalid_response", "connection_lost");

        server.next(ScriptedHttpServer.raw("HTTP/1.1 200 OK\r\nX: " + "y".repeat(20_000)));
        assertThat(fault(deliver(open()), Ambiguous.class).code()).isEqualTo("invalid_response");
    }

    @Test
    void an_answer_cut_in_its_head_is_ambiguous_and_one_cut_in_its_body_counts() throws Exception {
        for (String head : List.of(
                "",
                "HTTP/1.1 2",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nA: b",
                "HTTP/1.1 200 OK\r\nA: b\r\n")) {
            server.next(ScriptedHttpServer.raw(head));
            assertThat(fault(deliver(open()), Ambiguous.class).code()).as(head).isEqualTo("connection_lost");
        }

        server.next(ScriptedHttpServer.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
        AttemptReport cut = deliver(open());
        assertThat(cut.outcome()).isEqualTo(new Delivered());
        assertThat(cut.responseExcerpt()).isEqualTo("half");
    }

    @Test
    void a_dripping_head_ends_with_the_total_timeout() throws Exception {
        deliver(open());
        server.next(ScriptedHttpServer.drip("HTTP/1.1 200 OK\r\nX: "));
        long start = System.nanoTime();

        AttemptReport report = deliver(impatient(server.url("/"), Duration.ofSeconds(5), Duration.ofMillis(300)));

        assertThat(fault(report, Ambiguous.class).code()).isEqualTo("response_timeout");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void the_first_byte_has_a_timeout_of_its_own() throws Exception {
        deliver(open());
        server.next(ScriptedHttpServer.hang());

        AttemptReport report = deliver(open(Samples.destination(
                Kind.WEBHOOK,
                "webhook",
                Map.of("url", server.url("/")),
                Samples.policy(Kind.WEBHOOK, Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(20)))));

        assertThat(fault(report, Ambiguous.class).code()).isEqualTo("first_byte_timeout");
        assertThat(report.phases().total()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_receiver_that_takes_no_bytes_ends_with_the_total_timeout_and_has_not_got_the_payload() throws Exception {
        deliver(open());
        server.nextConnection(ScriptedHttpServer.hang());
        server.dropConnections();
        Attempt large = Samples.attempt("d-large", Samples.body("x".repeat(30_000_000)));

        AttemptReport report =
                deliver(impatient(server.url("/"), Duration.ofSeconds(5), Duration.ofMillis(500)), large);

        assertThat(fault(report, Retryable.class).code()).isEqualTo("send_timeout");
    }

    @Test
    void a_refusal_in_the_middle_of_the_request_is_heard() throws Exception {
        server.nextConnection(connection -> {
            connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            Thread.sleep(100);
            return false;
        });

        AttemptReport report = deliver(open(), Samples.attempt("d-large", Samples.body("x".repeat(30_000_000))));

        assertThat(fault(report, Permanent.class).code()).isEqualTo("http_413");
    }

    private Sink impatient(String url, Duration connect, Duration total) {
        return open(Samples.destination(
                Kind.WEBHOOK, "webhook", Map.of("url", url), Samples.policy(Kind.WEBHOOK, connect, total, total)));
    }

    @Test
    void a_host_that_swallows_connections_costs_the_connect_timeout() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            List<Socket> filling = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Socket socket = new Socket();
                filling.add(socket);
                try {
                    socket.connect(full.getLocalSocketAddress(), 100);
                } catch (IOException e) {
                    break;
                }
            }

            AttemptReport report = deliver(impatient(
                    "http://127.0.0.1:" + full.getLocalPort(), Duration.ofMillis(200), Duration.ofSeconds(20)));

            assertThat(fault(report, Retryable.class).code()).isEqualTo("connect_timeout");
            assertThat(report.phases().total()).isLessThan(Duration.ofSeconds(5));
            for (Socket socket : filling) {
                socket.close();
            }
        }
    }

    @Test
    void a_closed_port_is_retryable() throws Exception {
        // Bound, so that nobody else takes the port, but not listening.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            String url = "http://127.0.0.1:" + bound.getLocalPort() + "/";

            assertThat(fault(deliver(open("url", url)), Retryable.class).code()).isEqualTo("connect_refused");
        }
    }

    @Test
    void the_egress_guard_refuses_loopback_by_default() throws Exception {
        try (Dialer strict = new Dialer(new EgressGuard(List.of(), NameResolver.system()));
                HttpClient client = new HttpClient(strict, HttpLimits.DEFAULT)) {
            Sink sink = new WebhookProvider(client, secrets, InstantSource.system(), "test")
                    .open(Samples.destination(Kind.WEBHOOK, "webhook", Map.of("url", server.url("/"))));

            assertThat(fault(deliver(sink), Permanent.class).category()).isEqualTo(ErrorCategory.EGRESS_DENIED);
            ConnectionReport report = sink.test();
            assertThat(report.success()).isFalse();
            assertThat(report.checks()).extracting(ConnectionReport.Check::name).containsExactly("resolve");
        }
        assertThat(server.connections()).isZero();
    }

    @Test
    void a_name_that_does_not_exist_is_retryable() throws Exception {
        Fault fault = fault(deliver(open("url", "http://does-not-exist.invalid/")), Retryable.class);

        assertThat(fault.category()).isEqualTo(ErrorCategory.DNS);
    }

    @Test
    void certificates_are_verified() throws Exception {
        assertThat(tls(TestCertificate.valid(), true).outcome()).isEqualTo(new Delivered());
        assertThat(fault(tls(TestCertificate.valid(), false), Permanent.class).code())
                .isEqualTo("tls_untrusted");
        assertThat(fault(tls(TestCertificate.expired(), true), Permanent.class).code())
                .isEqualTo("tls_expired");
        assertThat(fault(tls(TestCertificate.forAnotherName(), true), Permanent.class)
                        .code())
                .isEqualTo("tls_name_mismatch");
    }

    private AttemptReport tls(TestCertificate certificate, boolean trusted) throws Exception {
        try (ScriptedHttpServer secure = ScriptedHttpServer.startTls(certificate.context())) {
            String url = "https://127.0.0.1:" + secure.port() + "/";
            return deliver(trusted ? open("url", url, "tls.ca", certificate.pem()) : open("url", url));
        }
    }

    @Test
    void plain_http_on_a_tls_url_is_told() throws Exception {
        server.nextConnection(ScriptedHttpServer.raw("HTTP/1.1 400 Bad Request\r\n\r\n"));
        Fault fault = fault(deliver(open("url", "https://127.0.0.1:" + server.port() + "/")), Retryable.class);

        assertThat(fault.code()).isEqualTo("tls_failed");
    }

    @ParameterizedTest
    @CsvSource({
        "204,*,,",
        "200,waybill.dev,,",
        "200,WAYBILL.DEV,,",
        "200,other.example,permission_denied,",
        "200,,permission_denied,",
        "401,*,auth_failed,401",
        "405,,rejected,405",
        "404,*,not_found,404"
    })
    void a_connection_test_may_ask_for_leave_to_deliver(
            int status, @Nullable String allowed, @Nullable String error, @Nullable String providerCode)
            throws Exception {
        String headers = allowed == null ? "" : "WebHook-Allowed-Origin: " + allowed + "\r\n";
        server.next(ScriptedHttpServer.answer(status, headers, ""));
        String token = "Bearer " + secrets.put("token", "t0p");
        ConnectionReport report =
                open("test.request", "options", "headers.Authorization", token).test();

        assertJudged(report, status, error, providerCode);
        Received received = server.received().getFirst();
        assertThat(received.method()).isEqualTo("OPTIONS");
        assertThat(received.headers().get("webhook-request-origin")).isEqualTo("waybill.dev");
        assertThat(received.headers().get("authorization")).isEqualTo("Bearer t0p");
    }

    private static void assertJudged(
            ConnectionReport report, int status, @Nullable String error, @Nullable String providerCode) {
        assertThat(report.statusCode()).isEqualTo(status);
        ConnectionReport.Problem problem = report.problem();
        if (error == null) {
            assertThat(problem).isNull();
            assertThat(report.permissions()).containsExactly(ConnectionReport.Permission.WRITE);
        } else {
            assertThat(problem).isNotNull();
            assertThat(problem.error().wireName()).isEqualTo(error);
            assertThat(problem.providerCode()).isEqualTo(providerCode);
            assertThat(problem.hint()).isNotBlank();
            assertThat(report.permissions()).isEmpty();
            assertThat(report.checks().getLast().passed()).isFalse();
        }
        assertThat(report.toString()).doesNotContain("t0p");
    }

    @ParameterizedTest
    @CsvSource({
        "200,,",
        "204,,",
        "302,rejected,302",
        "401,auth_failed,401",
        "403,permission_denied,403",
        "404,not_found,404",
        "410,not_found,410",
        "429,rate_limited,429",
        "500,unavailable,500",
        "507,no_space,507"
    })
    void a_connection_test_may_be_a_signed_ping(int status, @Nullable String error, @Nullable String providerCode)
            throws Exception {
        server.next(ScriptedHttpServer.answer(status));
        ConnectionReport report = open("test.request", "ping", "signing.secret", secrets.put("signing", OLD_SECRET))
                .test();

        assertJudged(report, status, error, providerCode);
        Received received = server.received().getFirst();
        assertThat(received.method()).isEqualTo("POST");
        assertThat(received.headers().get("waybill-type")).isEqualTo("waybill.ping");
        new Webhook(OLD_SECRET).verify(text(received), headers(received));
    }

    @Test
    void a_ping_without_its_secret_is_not_sent() throws Exception {
        ConnectionReport report = open("test.request", "ping", "signing.secret", "${fake:missing}")
                .test();
        assertThat(report.success()).isFalse();
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_connection_test_describes_the_way() throws Exception {
        try (ScriptedHttpServer secure =
                ScriptedHttpServer.startTls(TestCertificate.valid().context())) {
            secure.next(ScriptedHttpServer.answer(405));
            ConnectionReport report = open(
                            "url",
                            "https://127.0.0.1:" + secure.port() + "/",
                            "tls.ca",
                            TestCertificate.valid().pem())
                    .test();

            assertThat(report.success()).isTrue();
            assertThat(report.statusCode()).isEqualTo(405);
            assertThat(report.details()).containsKeys("certificateExpires", "tlsVersion", "remoteAddress");
            assertThat(report.phases()).containsKey(ConnectionReport.Phase.TLS);
            assertThat(secure.received().getFirst().method()).isEqualTo("HEAD");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url|ftp://example.com/|http",
                "url|http://user:hunter2@example.com/|user or password",
                "url|http://under_score/|host name",
                "url|not a url|URL",
                "url|http://example.com/#top|fragment",
                "url|http://example.com:70000/|port",
                "signing.secret|hunter2|reference",
                "signing.secret|${file:/etc/passwd:root}|only",
                "headers.Host|example.com|chosen",
                "headers.Content-Length|1|chosen",
                "headers.Transfer-Encoding|chunked|chosen",
                "headers.webhook-id|1|chosen",
                "headers.Waybill-Attempt|1|chosen",
                "headers.X y|1|no header name",
                "headers.X|ümlaut|visible ASCII",
                "headers.Authorization|Bearer hunter2|reference",
                "headers.X|a ${file:/etc/passwd:root}|only",
                "request.headers.allowed|host|Waybill",
                "tls.ca|hunter2|PEM",
                "ulr|http://example.com/|Unknown",
            })
    void settings_that_cannot_work_are_refused_without_quoting_a_secret(String name, String value, String message) {
        assertThatThrownBy(() -> open(name, value))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void a_header_value_cannot_begin_another_line() {
        assertThatThrownBy(() -> open("headers.X", "a\r\nHost: b")).isInstanceOf(ConfigException.class);
    }
}
