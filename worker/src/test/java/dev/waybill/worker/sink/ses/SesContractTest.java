package dev.waybill.worker.sink.ses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.aws.SignatureCheck;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import dev.waybill.worker.sink.tls.TestCertificate;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract with messages that have the payload attached.
class SesContractTest extends SinkContractTest {

    private static final String ID = "AKIAOFTHEFIRSTDAY";
    private static final String SECRET = "secret/of+the+first+day";
    private static final String NEXT_ID = "AKIAOFTHESECONDDAY";

    private final SesPeers peers = new SesPeers();
    private ScriptedHttpServer server;
    private boolean byName;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.startTls(TestCertificate.valid().context());
    }

    @AfterEach
    void stop() throws IOException {
        for (Received request : server.received()) {
            SignatureCheck.verify(request, SECRET);
        }
        server.close();
        peers.close();
    }

    @Override
    protected SinkProvider provider() {
        return peers.provider;
    }

    /// By name and by address in turn, so that two destinations never share a connection.
    private Map<String, String> settings() {
        byName = !byName;
        Map<String, String> settings = new HashMap<>(Map.of(
                "endpoint",
                "https://" + (byName ? "localhost" : "127.0.0.1") + ":" + server.port(),
                "tls.ca",
                TestCertificate.valid().pem(),
                "region",
                "eu-central-1",
                "access.key.id",
                peers.secrets.put("id", ID),
                "secret.access.key",
                peers.secrets.put("key", SECRET),
                "from",
                "Us <us@example.com>",
                "to",
                "you@example.com",
                "text",
                "see the file",
                "attach",
                "true"));
        return settings;
    }

    @Override
    protected Destination destination() {
        return Samples.destination(Kind.EMAIL, "ses", settings());
    }

    @Override
    protected Destination impatientDestination() {
        return Samples.destination(
                Kind.EMAIL, "ses", settings(), Samples.policy(Kind.EMAIL, SHORT_CONNECT, SHORT, SHORT_TOTAL));
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return EnumSet.complementOf(EnumSet.copyOf(impossible().keySet()));
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Map.of(
                Behaviour.REFUSE_A_MEMBER, "it takes one at a time",
                Behaviour.REFUSE_CONTENT, "it takes one at a time",
                Behaviour.TOO_LARGE, "it takes one at a time",
                Behaviour.GONE, "no answer of SES says that it is gone for good");
    }

    @Override
    protected void next(Behaviour behaviour) {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.next(SesPeers.error(500, "InternalServiceErrorException", ""));
            case REFUSE_FOR_GOOD -> server.next(SesPeers.error(400, "MessageRejected", ""));
            // SES sends no such header; one is kept to all the same.
            case THROTTLE ->
                server.next(SesPeers.error(
                        429, "TooManyRequestsException", "Retry-After: " + THROTTLE.toSeconds() + "\r\n"));
            case HANG_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.hang());
            case HANG_AFTER_REQUEST -> server.next(ScriptedHttpServer.hang());
            case BREAK_BEFORE_REQUEST -> server.nextConnection(ScriptedHttpServer.reset());
            case BREAK_AFTER_REQUEST -> server.next(ScriptedHttpServer.reset());
            case FLOOD -> server.next(ScriptedHttpServer.flood());
            case DRIP -> server.next(ScriptedHttpServer.drip("HTTP/1.1 200 OK\r\n\r\n"));
            case REFUSE_A_MEMBER, REFUSE_CONTENT, TOO_LARGE, GONE ->
                throw new IllegalArgumentException(behaviour + " is impossible");
        }
    }

    @Override
    protected List<Bytes> accepted() throws Exception {
        List<Bytes> payloads = new ArrayList<>();
        for (Received request : server.received()) {
            if (request.method().equals("POST")) {
                MimeMultipart parts = (MimeMultipart) SesPeers.message(request).getContent();
                payloads.add(Bytes.of(parts.getBodyPart(1).getInputStream().readAllBytes()));
            }
        }
        return payloads;
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
            return ScriptedHttpServer.answer(authorization.contains("Credential=" + NEXT_ID + "/") ? 200 : 403)
                    .play(connection);
        });
        return true;
    }
}
