package dev.waybill.worker.sink.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The contract over TLS for what sends e-mail by an API with a key, with messages that have the payload attached.
public abstract class EmailApiContractTest extends SinkContractTest {

    private static final String KEY = "key_of_the_first_day";
    private static final String NEXT_KEY = "key_of_the_second_day";

    protected ApiReceiver receiver;
    private boolean byName;

    @BeforeEach
    void start() throws IOException {
        receiver = new ApiReceiver(TestCertificate.valid().context());
    }

    @AfterEach
    void stop() throws IOException {
        receiver.close();
    }

    /// By name and by address in turn, so that two destinations never share a connection.
    protected final Map<String, String> settings() {
        byName = !byName;
        return new HashMap<>(Map.of(
                "base.url",
                "https://" + (byName ? "localhost" : "127.0.0.1") + ":" + receiver.server.port(),
                "tls.ca",
                TestCertificate.valid().pem(),
                "api.key",
                receiver.secrets.put("key", KEY),
                "from",
                "Us <us@example.com>",
                "to",
                "you@example.com"));
    }

    private Map<String, String> attaching() {
        Map<String, String> settings = settings();
        settings.put("text", "see the file");
        settings.put("attach", "true");
        return settings;
    }

    @Override
    protected final Destination destination() {
        return Samples.destination(Kind.EMAIL, provider().provider(), attaching());
    }

    @Override
    protected final Destination impatientDestination() {
        return Samples.destination(Kind.EMAIL, provider().provider(), attaching(), impatient());
    }

    protected static Policy impatient() {
        return Samples.policy(Kind.EMAIL, SHORT_CONNECT, SHORT, SHORT_TOTAL);
    }

    @Override
    protected final Set<Behaviour> behaviours() {
        return EnumSet.complementOf(EnumSet.copyOf(impossible().keySet()));
    }

    /// An error as the provider words it.
    protected abstract String error(int status, String text);

    /// The status and text by which it refuses a message.
    protected abstract ScriptedHttpServer.Script refusal();

    @Override
    protected final void next(Behaviour behaviour) {
        ScriptedHttpServer server = receiver.server;
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.next(ScriptedHttpServer.answer(500, "", error(500, "trouble")));
            case REFUSE_FOR_GOOD, REFUSE_CONTENT -> server.next(refusal());
            case THROTTLE ->
                server.next(ScriptedHttpServer.answer(
                        429, "retry-after: " + THROTTLE.toSeconds() + "\r\n", error(429, "slower")));
            case HANG_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.hang());
            case HANG_AFTER_REQUEST -> server.next(ScriptedHttpServer.hang());
            case BREAK_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.reset());
            case BREAK_AFTER_REQUEST -> server.next(ScriptedHttpServer.reset());
            case FLOOD -> server.next(ScriptedHttpServer.flood());
            case TOO_LARGE -> server.next(ScriptedHttpServer.answer(413));
            case DRIP -> server.next(ScriptedHttpServer.drip("HTTP/1.1 200 OK\r\n\r\n"));
            case GONE, REFUSE_A_MEMBER -> throw new IllegalArgumentException(behaviour + " is impossible");
        }
    }

    /// The payloads of the messages in a request, which is checked as strictly as the provider's documentation has it.
    protected abstract List<Bytes> payloads(Received request);

    @Override
    protected final List<Bytes> accepted() {
        return acceptedBatches().stream().flatMap(List::stream).toList();
    }

    @Override
    protected final List<List<Bytes>> acceptedBatches() {
        Stream<Received> posts = receiver.server.received().stream()
                .filter(request -> request.method().equals("POST"));
        return posts.map(this::payloads).toList();
    }

    @Override
    protected final List<String> secrets() {
        return List.of(KEY, NEXT_KEY);
    }

    @Override
    protected final boolean rotateCredentials() {
        receiver.secrets.rotate("key", NEXT_KEY);
        receiver.server.next(connection -> {
            Map<String, String> headers = receiver.last().headers();
            boolean rotated = ("Bearer " + NEXT_KEY).equals(headers.get("authorization"));
            return ScriptedHttpServer.answer(rotated ? 200 : 401).play(connection);
        });
        return true;
    }

    private @Nullable String testedWith(String setting, String value) throws InterruptedException {
        Map<String, String> settings = settings();
        settings.put(setting, value);
        Destination destination = Samples.destination(Kind.EMAIL, provider().provider(), settings, impatient());
        try (Sink sink = provider().open(destination)) {
            ConnectionReport.Problem problem = sink.test().problem();
            assertThat(problem == null ? "." : problem.hint()).endsWith(".");
            return problem == null ? null : problem.error().wireName();
        }
    }

    @Test
    void a_connection_test_tells_apart_what_is_in_the_way() throws Exception {
        assertThat(testedWith("base.url", "https://nobody.invalid")).isEqualTo("dns_failed");
        assertThat(testedWith("base.url", "https://127.0.0.1:" + closedPort())).isEqualTo("connect_refused");
        assertThat(testedWith("base.url", "https://192.168.7.7")).isEqualTo("egress_denied");
        assertThat(testedWith("tls.ca", TestCertificate.forAnotherName().pem())).isEqualTo("tls_untrusted");
        TestCertificate expired = TestCertificate.expired();
        try (ScriptedHttpServer late = ScriptedHttpServer.startTls(expired.context())) {
            Map<String, String> settings = settings();
            settings.put("base.url", "https://127.0.0.1:" + late.port());
            settings.put("tls.ca", expired.pem());
            try (Sink sink =
                    provider().open(Samples.destination(Kind.EMAIL, provider().provider(), settings))) {
                assertThat(sink.test().problem())
                        .extracting(ConnectionReport.Problem::error)
                        .isEqualTo(ConnectionError.TLS_EXPIRED);
            }
        }
    }

    /// Nobody listens there for now.
    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
