package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.http.ScriptedHttp2Server;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract over HTTP/2.
class WebhookHttp2ContractTest extends WebhookContractTest {

    private static final int INTERNAL_ERROR = 2;

    private ScriptedHttp2Server server;

    @Override
    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttp2Server.start();
    }

    @Override
    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Override
    int port() {
        return server.port();
    }

    @Override
    protected void next(Behaviour behaviour) {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.next(ScriptedHttp2Server.answer(500, "try again"));
            case REFUSE_FOR_GOOD, GONE -> server.next(ScriptedHttp2Server.answer(410, ""));
            case THROTTLE ->
                server.next(ScriptedHttp2Server.answer(429, "", "retry-after", Long.toString(THROTTLE.toSeconds())));
            case HANG_BEFORE_REQUEST -> server.nextConnection(ScriptedHttp2Server.hang());
            case HANG_AFTER_REQUEST -> server.next(ScriptedHttp2Server.hang());
            case BREAK_BEFORE_REQUEST -> server.nextConnection(ScriptedHttp2Server.drop());
            case BREAK_AFTER_REQUEST -> server.next((connection, stream) -> connection.reset(stream, INTERNAL_ERROR));
            case FLOOD -> server.next(ScriptedHttp2Server.flood());
            case REFUSE_A_MEMBER ->
                server.next((connection, stream) -> ScriptedHttp2Server.answer(
                                207, secondRefused(server.received().getLast().headers()))
                        .play(connection, stream));
            case REFUSE_CONTENT -> server.next(ScriptedHttp2Server.answer(422, ""));
            case TOO_LARGE -> server.next(ScriptedHttp2Server.answer(413, ""));
            case DRIP -> server.next(ScriptedHttp2Server.drip());
        }
    }

    @Override
    protected List<Bytes> accepted() {
        return server.received().stream()
                .filter(request -> "POST".equals(request.headers().get(":method")))
                .map(ScriptedHttp2Server.Received::body)
                .toList();
    }

    @Override
    protected boolean rotateCredentials() {
        secrets.rotate("token", "token-of-the-second-day");
        server.next((connection, stream) -> {
            String token = server.received().getLast().headers().get("authorization");
            ScriptedHttp2Server.answer("Bearer token-of-the-second-day".equals(token) ? 204 : 401, "")
                    .play(connection, stream);
        });
        return true;
    }
}
