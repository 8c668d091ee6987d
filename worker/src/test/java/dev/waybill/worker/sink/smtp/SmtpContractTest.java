package dev.waybill.worker.sink.smtp;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.oauth.AccessTokens;
import dev.waybill.worker.sink.smtp.ScriptedSmtpServer.At;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract with messages that have the payload attached, over TLS, with a password.
class SmtpContractTest extends SinkContractTest {

    private static final String PASSWORD = "of-the-first-day";
    private static final String NEXT_PASSWORD = "of-the-second-day";

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), NameResolver.system()));
    private final SmtpClient client = new SmtpClient(dialer, SmtpLimits.DEFAULT);
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final SmtpProvider provider = new SmtpProvider(
            client, http, new AccessTokens(InstantSource.system(), "test"), secrets, InstantSource.system());
    private ScriptedSmtpServer server;
    private boolean byName;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedSmtpServer.startTls(TestCertificate.valid().context());
        server.require("robot", PASSWORD);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        client.close();
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
        Map<String, String> settings = new HashMap<>();
        settings.put("host", byName ? "localhost" : "127.0.0.1");
        settings.put("port", Integer.toString(server.port()));
        settings.put("security", "tls");
        settings.put("tls.ca", TestCertificate.valid().pem());
        settings.put("username", "robot");
        settings.put("password", secrets.put("password", PASSWORD));
        settings.put("from", "Us <us@example.com>");
        settings.put("to", "you@example.com");
        settings.put("text", "see the file");
        settings.put("attach", "true");
        return settings;
    }

    @Override
    protected Destination destination() {
        return Samples.destination(Kind.EMAIL, "smtp", settings());
    }

    @Override
    protected Destination impatientDestination() {
        return Samples.destination(
                Kind.EMAIL, "smtp", settings(), Samples.policy(Kind.EMAIL, SHORT_CONNECT, SHORT, SHORT_TOTAL));
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return EnumSet.complementOf(EnumSet.copyOf(impossible().keySet()));
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Map.of(
                Behaviour.THROTTLE, "no reply of SMTP says how long to wait",
                Behaviour.GONE, "no reply of SMTP says that a server is gone for good",
                Behaviour.REFUSE_A_MEMBER, "messages go one by one",
                Behaviour.REFUSE_CONTENT, "messages go one by one",
                Behaviour.TOO_LARGE, "messages go one by one");
    }

    @Override
    protected void next(Behaviour behaviour) {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.next(At.MESSAGE, ScriptedSmtpServer.reply("451 4.3.0 later"));
            case REFUSE_FOR_GOOD -> server.next(At.MESSAGE, ScriptedSmtpServer.reply("554 5.6.0 no"));
            case HANG_BEFORE_REQUEST -> server.next(At.CONNECT, ScriptedSmtpServer.hang());
            case HANG_AFTER_REQUEST -> server.next(At.MESSAGE, ScriptedSmtpServer.hang());
            case BREAK_BEFORE_REQUEST -> server.next(At.CONNECT, ScriptedSmtpServer.reset());
            case BREAK_AFTER_REQUEST -> server.next(At.MESSAGE, ScriptedSmtpServer.reset());
            case FLOOD -> server.next(At.MESSAGE, ScriptedSmtpServer.flood("250-"));
            case DRIP -> server.next(At.MESSAGE, ScriptedSmtpServer.drip("250 "));
            case THROTTLE, GONE, REFUSE_A_MEMBER, REFUSE_CONTENT, TOO_LARGE ->
                throw new IllegalArgumentException(behaviour + " is impossible");
        }
    }

    @Override
    protected List<Bytes> accepted() throws Exception {
        List<Bytes> payloads = new ArrayList<>();
        for (ScriptedSmtpServer.Received one : server.received()) {
            payloads.add(ReceivedMail.of(one.bytes().array()).attachment());
        }
        return payloads;
    }

    @Override
    protected List<String> secrets() {
        return List.of(PASSWORD, NEXT_PASSWORD);
    }

    @Override
    protected boolean rotateCredentials() {
        secrets.rotate("password", NEXT_PASSWORD);
        server.require("robot", NEXT_PASSWORD);
        return true;
    }
}
