package dev.waybill.worker.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.pool.PoolLimits;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the pool of connections does with real sockets that fail.
class HttpPoolTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int TOTAL = 4;

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1", "localhost"), NameResolver.system()));
    private final HttpClient http =
            new HttpClient(dialer, new PoolLimits(TOTAL, TOTAL, Duration.ofSeconds(30), Duration.ofMinutes(5)));
    private final List<ScriptedHttpServer> servers = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (ScriptedHttpServer server : servers) {
            server.close();
        }
        http.close();
        dialer.close();
    }

    private ScriptedHttpServer server() throws IOException {
        ScriptedHttpServer server = ScriptedHttpServer.start();
        servers.add(server);
        return server;
    }

    private static HttpResult.Reply call(HttpLine line, String url, Duration connect) throws Exception {
        // With more time in all than for connecting everybody has the same patience.
        HttpCall.Timeouts timeouts = new HttpCall.Timeouts(connect, LONG, LONG.multipliedBy(2));
        HttpCall call = new HttpCall("GET", HttpTarget.parse(url), List.of(), null, timeouts, 0, false);
        return Samples.onVirtualThread(() -> line.exchange(call).reply());
    }

    private String code(String url) throws Exception {
        return switch (call(http.line(), url, LONG)) {
            case Answer answer -> Integer.toString(answer.status());
            case NoAnswer none -> none.outcome().fault().code();
        };
    }

    private PoolUse.Totals totals() {
        return http.use().totals();
    }

    @Test
    void a_connection_that_is_reset_while_idle_is_replaced() throws Exception {
        ScriptedHttpServer server = server();
        server.next(connection -> {
            ScriptedHttpServer.answer(204).play(connection);
            return ScriptedHttpServer.reset().play(connection);
        });
        assertThat(code(server.url("/"))).isEqualTo("204");
        // Used a moment ago it would not be asked for its health.
        Thread.sleep(350);

        assertThat(code(server.url("/"))).isEqualTo("204");

        assertThat(server.connections()).isEqualTo(2);
        assertThat(totals().broken()).isEqualTo(1);
        assertThat(totals().reused()).isZero();
    }

    @Test
    void a_connection_that_the_receiver_has_closed_is_swept_away() throws Exception {
        ScriptedHttpServer server = server();
        assertThat(code(server.url("/"))).isEqualTo("204");
        server.dropConnections();

        Awaitility.await().atMost(LONG).until(() -> http.use().idle() == 0);

        assertThat(totals().broken()).isEqualTo(1);
    }

    @Test
    void a_half_open_connection_costs_one_answer_and_is_not_used_again() throws Exception {
        ScriptedHttpServer server = server();
        assertThat(code(server.url("/"))).isEqualTo("204");
        server.next(ScriptedHttpServer.hang());
        HttpCall impatient = new HttpCall(
                "GET",
                HttpTarget.parse(server.url("/")),
                List.of(),
                null,
                new HttpCall.Timeouts(LONG, Duration.ofMillis(200), LONG),
                0,
                false);

        HttpResult.Reply reply =
                Samples.onVirtualThread(() -> http.line().exchange(impatient).reply());

        assertThat(reply)
                .isInstanceOfSatisfying(
                        NoAnswer.class,
                        none -> assertThat(none.outcome().fault().code()).isEqualTo("first_byte_timeout"));
        assertThat(http.use().idle()).isZero();
        assertThat(code(server.url("/"))).isEqualTo("204");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void many_hosts_share_the_connections_there_are() throws Exception {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < 3 * TOTAL; i++) {
            urls.add(server().url("/"));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String url = urls.get(i % urls.size());
                answers.add(threads.submit(() -> code(url)));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("204");
            }
        }

        assertThat(http.use().idle()).isLessThanOrEqualTo(TOTAL);
        assertThat(http.use().inUse()).isZero();
        assertThat(totals().evicted()).isPositive();
        assertThat(totals().created() + totals().reused()).isEqualTo(200);
    }

    @Test
    void a_host_that_refuses_is_left_alone_for_a_moment_and_noticed_when_it_is_back() throws Exception {
        ScriptedHttpServer other = server();
        int port;
        try (Socket bound = new Socket()) {
            // Bound, so that nobody else takes the port, but not listening.
            bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            port = bound.getLocalPort();
            String dead = "http://127.0.0.1:" + port + "/";
            List<String> codes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                codes.add(code(dead));
            }

            assertThat(codes).containsOnly("connect_refused");
            // It is left alone for a moment that may be over before a slow machine calls again, and for a longer one
            // after each further failure.
            Awaitility.await()
                    .atMost(LONG)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> code(dead).equals("connect_backoff"));
            assertThat(code(other.url("/"))).isEqualTo("204");
        }
        try (ServerSocket back = new ServerSocket(port, 50, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> answerOnce(back));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> code("http://127.0.0.1:" + port + "/").equals("204"));
        }
    }

    private static void answerOnce(ServerSocket listener) {
        try (Socket socket = listener.accept()) {
            socket.getOutputStream().write("HTTP/1.1 204 Back\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            // Until the client has read it.
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // The test has ended.
        }
    }

    @Test
    void connections_are_shared_by_those_who_trust_the_same_and_by_nobody_else() throws Exception {
        ScriptedHttpServer server =
                ScriptedHttpServer.startTls(TestCertificate.valid().context());
        servers.add(server);
        String url = "https://127.0.0.1:" + server.port() + "/";
        String pem = TestCertificate.valid().pem();

        assertThat(call(http.line(TlsTrust.only(pem)), url, LONG)).isInstanceOf(Answer.class);
        assertThat(call(http.line(TlsTrust.only(pem + pem)), url, LONG)).isInstanceOf(Answer.class);
        assertThat(server.connections()).isEqualTo(1);

        assertThat(code(url)).isEqualTo("tls_untrusted");
        assertThat(server.received()).hasSize(2);
    }
}
