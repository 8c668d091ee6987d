package dev.waybill.worker.sink.webhook;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract over TLS, where a receiver can hang and break before it has a request.
class WebhookContractTest extends SinkContractTest {

    private static final String SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String TOKEN = "token-of-the-first-day";

    final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final WebhookProvider provider = new WebhookProvider(http, secrets, InstantSource.system(), "test");
    private ScriptedHttpServer server;
    private boolean byName;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.startTls(TestCertificate.valid().context());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @AfterEach
    void closeClient() {
        http.close();
        dialer.close();
    }

    int port() {
        return server.port();
    }

    @Override
    protected SinkProvider provider() {
        return provider;
    }

    @Override
    protected Destination destination() {
        return Samples.destination(Kind.WEBHOOK, "webhook", settings());
    }

    @Override
    protected Destination impatientDestination() {
        Policy policy = Samples.policy(Kind.WEBHOOK, SHORT_CONNECT, SHORT, SHORT_TOTAL);
        return Samples.destination(Kind.WEBHOOK, "webhook", settings(), policy);
    }

    /// By name and by address in turn, so that two destinations never share a connection.
    private Map<String, String> settings() {
        byName = !byName;
        String host = byName ? "localhost" : "127.0.0.1";
        return Map.of(
                "url",
                "https://" + host + ":" + port() + "/hook",
                "tls.ca",
                TestCertificate.valid().pem(),
                "signing.secret",
                secrets.put("signing", SECRET),
                "headers.Authorization",
                "Bearer " + secrets.put("token", TOKEN));
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return Set.of(Behaviour.values());
    }

    @Override
    protected void next(Behaviour behaviour) {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.next(ScriptedHttpServer.answer(500, "", "try again"));
            case REFUSE_FOR_GOOD -> server.next(ScriptedHttpServer.answer(410));
            case THROTTLE ->
                server.next(ScriptedHttpServer.answer(429, "Retry-After: " + THROTTLE.toSeconds() + "\r\n", ""));
            case HANG_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.hang());
            case HANG_AFTER_REQUEST -> server.next(ScriptedHttpServer.hang());
            case BREAK_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.reset());
            case BREAK_AFTER_REQUEST -> server.next(ScriptedHttpServer.reset());
            case FLOOD -> server.next(ScriptedHttpServer.flood());
            case GONE -> server.next(ScriptedHttpServer.answer(410));
            case REFUSE_A_MEMBER -> server.next(this::refuseSecond);
            case REFUSE_CONTENT -> server.next(ScriptedHttpServer.answer(422));
            case TOO_LARGE -> server.next(ScriptedHttpServer.answer(413));
            case DRIP -> server.next(ScriptedHttpServer.drip("HTTP/1.1 200 OK\r\n\r\n"));
        }
    }

    /// Names the members in another order than they came in.
    private boolean refuseSecond(ScriptedHttpServer.Connection connection) throws IOException, InterruptedException {
        String body = secondRefused(server.received().getLast().headers());
        return ScriptedHttpServer.answer(207, "", body).play(connection);
    }

    static String secondRefused(Map<String, String> headers) {
        String[] ids = headers.getOrDefault("waybill-batch-ids", "").split(",", -1);
        return "[{\"id\":\"%s\",\"status\":503},{\"id\":\"%s\",\"status\":200},{\"id\":\"%s\",\"status\":204}]"
                .formatted(ids[1], ids[0], ids[2]);
    }

    @Override
    protected Destination batchDestination() {
        return Samples.destination(Kind.WEBHOOK, "webhook", batchSettings());
    }

    @Override
    protected Destination impatientBatchDestination() {
        Policy policy = Samples.policy(Kind.WEBHOOK, SHORT_CONNECT, SHORT, SHORT_TOTAL);
        return Samples.destination(Kind.WEBHOOK, "webhook", batchSettings(), policy);
    }

    private Map<String, String> batchSettings() {
        Map<String, String> settings = new HashMap<>(settings());
        settings.put("batch.format", "ndjson");
        return settings;
    }

    @Override
    protected List<List<Bytes>> acceptedBatches() {
        return accepted().stream()
                .map(body -> new String(body.array(), StandardCharsets.UTF_8))
                .map(text -> text.lines().map(Samples::body).toList())
                .toList();
    }

    @Override
    protected List<Bytes> accepted() {
        return server.received().stream()
                .filter(request -> request.method().equals("POST"))
                .map(ScriptedHttpServer.Received::body)
                .toList();
    }

    @Override
    protected List<String> secrets() {
        return List.of(SECRET, TOKEN);
    }

    @Override
    protected boolean rotateCredentials() {
        secrets.rotate("token", "token-of-the-second-day");
        server.next(connection -> {
            Map<String, String> headers = server.received().getLast().headers();
            boolean rotated = "Bearer token-of-the-second-day".equals(headers.get("authorization"));
            return ScriptedHttpServer.answer(rotated ? 204 : 401).play(connection);
        });
        return true;
    }
}
