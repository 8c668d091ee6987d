package dev.waybill.worker.sink.resend;

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
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract with messages that have the payload attached, and batches of messages that are the payload.
class ResendContractTest extends SinkContractTest {

    private static final String KEY = "re_of_the_first_day";
    private static final String NEXT_KEY = "re_of_the_second_day";

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final ResendProvider provider = new ResendProvider(http, secrets, InstantSource.system(), "test");
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

    @Override
    protected SinkProvider provider() {
        return provider;
    }

    /// By name and by address in turn, so that two destinations never share a connection.
    private Map<String, String> settings() {
        byName = !byName;
        return new HashMap<>(Map.of(
                "base.url",
                "https://" + (byName ? "localhost" : "127.0.0.1") + ":" + server.port(),
                "tls.ca",
                TestCertificate.valid().pem(),
                "api.key",
                secrets.put("key", KEY),
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

    private Map<String, String> batching() {
        Map<String, String> settings = settings();
        settings.put("batch.format", "json");
        return settings;
    }

    @Override
    protected Destination destination() {
        return Samples.destination(Kind.EMAIL, "resend", attaching());
    }

    @Override
    protected Destination impatientDestination() {
        return Samples.destination(Kind.EMAIL, "resend", attaching(), impatient());
    }

    @Override
    protected Destination batchDestination() {
        return Samples.destination(Kind.EMAIL, "resend", batching());
    }

    @Override
    protected Destination impatientBatchDestination() {
        return Samples.destination(Kind.EMAIL, "resend", batching(), impatient());
    }

    private static Policy impatient() {
        return Samples.policy(Kind.EMAIL, SHORT_CONNECT, SHORT, SHORT_TOTAL);
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return EnumSet.complementOf(EnumSet.copyOf(impossible().keySet()));
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Map.of(
                Behaviour.REFUSE_A_MEMBER, "a batch is taken as a whole or not at all",
                Behaviour.GONE, "no answer of Resend says that it is gone for good");
    }

    @Override
    protected void next(Behaviour behaviour) {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.next(error(500, "application_error"));
            case REFUSE_FOR_GOOD, REFUSE_CONTENT -> server.next(error(422, "validation_error"));
            case THROTTLE ->
                server.next(ScriptedHttpServer.answer(
                        429, "retry-after: " + THROTTLE.toSeconds() + "\r\n", "{\"name\":\"rate_limit_exceeded\"}"));
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

    private static ScriptedHttpServer.Script error(int status, String name) {
        return ScriptedHttpServer.answer(
                status, "", "{\"statusCode\":" + status + ",\"name\":\"" + name + "\",\"message\":\"no\"}");
    }

    @Override
    protected List<Bytes> accepted() {
        return acceptedBatches().stream().flatMap(List::stream).toList();
    }

    @Override
    protected List<List<Bytes>> acceptedBatches() {
        return server.received().stream()
                .filter(request -> request.method().equals("POST"))
                .map(request -> ResendRequests.messages(request).stream()
                        .map(ResendRequests::payload)
                        .toList())
                .toList();
    }

    @Override
    protected List<String> secrets() {
        return List.of(KEY);
    }

    @Override
    protected boolean rotateCredentials() {
        secrets.rotate("key", NEXT_KEY);
        server.next(connection -> {
            Map<String, String> headers = server.received().getLast().headers();
            boolean rotated = ("Bearer " + NEXT_KEY).equals(headers.get("authorization"));
            return ScriptedHttpServer.answer(rotated ? 200 : 401).play(connection);
        });
        return true;
    }
}
