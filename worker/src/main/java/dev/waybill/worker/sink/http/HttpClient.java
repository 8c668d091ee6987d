package dev.waybill.worker.sink.http;

import dev.waybill.worker.sink.egress.Dialer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Makes HTTP/1.1 requests on the caller's virtual thread, and knows of each how far it came.
///
/// It does nothing on its own: no redirects, cookies, authentication, decoding or retries. (One exception: a
/// pooled connection that breaks before a whole request was written is replaced, since nothing can have been
/// processed.)
public final class HttpClient implements AutoCloseable {

    /// How often idle connections past their time are looked for.
    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Dialer dialer;
    private final HttpLimits limits;
    private final Deadlines deadlines = new Deadlines();
    private final List<Connections> all = new CopyOnWriteArrayList<>();
    private final Connections shared;

    public HttpClient(Dialer dialer, HttpLimits limits) {
        this.dialer = dialer;
        this.limits = limits;
        this.shared = connections(TlsTrust.system());
        deadlines.every(SWEEP, () -> all.forEach(Connections::closeExpired));
    }

    /// A line to receivers that the JVM trusts; all such lines share their connections.
    public HttpLine line() {
        return new HttpLine(shared, deadlines, () -> {});
    }

    /// A line that trusts only certain authorities, with connections of its own.
    public HttpLine line(TlsTrust trust) {
        Connections own = connections(trust);
        return new HttpLine(own, deadlines, () -> {
            all.remove(own);
            own.close();
        });
    }

    private Connections connections(TlsTrust trust) {
        Connections connections = new Connections(dialer, trust, limits, deadlines);
        all.add(connections);
        return connections;
    }

    @Override
    public void close() {
        deadlines.close();
        all.forEach(Connections::close);
    }
}
