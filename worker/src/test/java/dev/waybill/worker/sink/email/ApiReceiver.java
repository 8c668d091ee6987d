package dev.waybill.worker.sink.email;

import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A server in the stead of an API, and all that a provider needs to get there.
public final class ApiReceiver implements AutoCloseable {

    public final FakeSecrets secrets = new FakeSecrets();
    public final ScriptedHttpServer server;
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), NameResolver.system()));
    public final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);

    /// Starts it.
    ///
    /// @param tls null for none
    public ApiReceiver(@Nullable SSLContext tls) throws IOException {
        server = tls == null ? ScriptedHttpServer.start() : ScriptedHttpServer.startTls(tls);
    }

    public Received last() {
        return server.received().getLast();
    }

    @Override
    public void close() throws IOException {
        server.close();
        http.close();
        dialer.close();
    }
}
