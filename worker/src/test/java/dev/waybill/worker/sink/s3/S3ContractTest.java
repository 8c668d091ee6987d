package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract of `s3` with a server that can misbehave, over TLS. Every request it got is checked to be one that S3
/// takes.
class S3ContractTest extends SinkContractTest {

    private static final String ID = "AKIAOFTHEFIRSTDAY";
    private static final String SECRET = "secret/of+the+first+day";
    private static final String NEXT_ID = "AKIAOFTHESECONDDAY";

    private final S3Peers peers = new S3Peers();
    private ScriptedHttpServer server;
    private boolean byName;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.startTls(TestCertificate.valid().context());
    }

    @AfterEach
    void stop() throws IOException {
        for (Received request : server.received()) {
            S3Requests.check(request, SECRET);
        }
        server.close();
        peers.close();
    }

    @Override
    protected SinkProvider provider() {
        return peers.aws;
    }

    /// By name and by address in turn, so that two destinations never share a connection.
    private Map<String, String> settings() {
        byName = !byName;
        return new HashMap<>(Map.of(
                "endpoint",
                "https://" + (byName ? "localhost" : "127.0.0.1") + ":" + server.port(),
                "path.style",
                "true",
                "tls.ca",
                TestCertificate.valid().pem(),
                "region",
                "eu-central-1",
                "bucket",
                "reports",
                "access.key.id",
                peers.secrets.put("id", ID),
                "secret.access.key",
                peers.secrets.put("key", SECRET)));
    }

    private Map<String, String> batching() {
        Map<String, String> settings = settings();
        settings.put("batch.format", "ndjson");
        return settings;
    }

    @Override
    protected Destination destination() {
        return Samples.destination(Kind.STORAGE, "s3", settings());
    }

    @Override
    protected Destination impatientDestination() {
        return Samples.destination(Kind.STORAGE, "s3", settings(), impatient());
    }

    @Override
    protected Destination batchDestination() {
        return Samples.destination(Kind.STORAGE, "s3", batching());
    }

    @Override
    protected Destination impatientBatchDestination() {
        return Samples.destination(Kind.STORAGE, "s3", batching(), impatient());
    }

    private static Policy impatient() {
        return Samples.policy(Kind.STORAGE, SHORT_CONNECT, SHORT, SHORT_TOTAL);
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return EnumSet.complementOf(EnumSet.copyOf(impossible().keySet()));
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Map.of(Behaviour.REFUSE_A_MEMBER, "an object is taken as a whole or not at all");
    }

    @Override
    protected void next(Behaviour behaviour) {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.next(S3Requests.error(500, "InternalError", ""));
            case REFUSE_FOR_GOOD -> server.next(S3Requests.error(403, "AccessDenied", ""));
            case REFUSE_CONTENT -> server.next(S3Requests.error(400, "InvalidRequest", ""));
            case THROTTLE ->
                server.next(S3Requests.error(503, "SlowDown", "Retry-After: " + THROTTLE.toSeconds() + "\r\n"));
            case HANG_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.hang());
            case HANG_AFTER_REQUEST -> server.next(ScriptedHttpServer.hang());
            case BREAK_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.reset());
            case BREAK_AFTER_REQUEST -> server.next(ScriptedHttpServer.reset());
            case FLOOD -> server.next(ScriptedHttpServer.flood());
            case DRIP -> server.next(ScriptedHttpServer.drip("HTTP/1.1 200 OK\r\nETag: \"e\"\r\n\r\n"));
            case GONE -> server.next(S3Requests.error(404, "NoSuchBucket", ""));
            case TOO_LARGE -> server.next(S3Requests.error(400, "EntityTooLarge", ""));
            case REFUSE_A_MEMBER -> throw new IllegalArgumentException(behaviour + " is impossible");
        }
    }

    @Override
    protected List<Bytes> accepted() {
        return objects(false).stream().map(Received::body).toList();
    }

    @Override
    protected List<List<Bytes>> acceptedBatches() {
        return objects(true).stream()
                .map(request -> Arrays.stream(new String(request.body().array(), StandardCharsets.UTF_8).split("\n"))
                        .map(Samples::body)
                        .toList())
                .toList();
    }

    private List<Received> objects(boolean batches) {
        return server.received().stream()
                .filter(request -> request.method().equals("PUT"))
                .filter(request -> !request.path().contains(".waybill-test-"))
                .filter(request -> request.path().contains("/batch_") == batches)
                .toList();
    }

    @Override
    protected List<String> secrets() {
        return List.of(SECRET, ID);
    }

    @Override
    protected boolean rotateCredentials() {
        peers.secrets.rotate("id", NEXT_ID);
        server.next(connection -> {
            String authorization = server.received().getLast().headers().get("authorization");
            assertThat(authorization).isNotNull();
            boolean rotated = authorization.contains("Credential=" + NEXT_ID + "/");
            return ScriptedHttpServer.answer(rotated ? 200 : 403).play(connection);
        });
        return true;
    }
}
