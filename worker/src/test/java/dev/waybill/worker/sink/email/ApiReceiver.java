package dev.waybill.worker.sink.email;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /// A destination of two recipients at the API.
    ///
    /// @param key  what its key is
    /// @param more settings, value after name
    public Destination destination(String provider, String key, String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "base.url",
                server.url("/"),
                "api.key",
                secrets.put("key", key),
                "from",
                "Jürgen <us@example.com>",
                "to",
                "you@example.com, Two <two@example.com>"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Samples.destination(Kind.EMAIL, provider, settings);
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
