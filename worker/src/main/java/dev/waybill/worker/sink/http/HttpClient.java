package dev.waybill.worker.sink.http;

import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.pool.PoolLimits;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.inflight.Deadlines;
import dev.waybill.worker.sink.tls.Tls;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Makes HTTP requests on the caller's virtual thread, and knows of each how far it came.
///
/// It does nothing on its own: no redirects, cookies, authentication, decoding or retries. (One exception: a
/// pooled connection that breaks before a whole request was written is replaced, since nothing can have been
/// processed.)
public final class HttpClient implements AutoCloseable {

    /// How often idle connections are looked after.
    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Pool<Route, Link> pool;
    private final Deadlines deadlines = new Deadlines("waybill-http-timer");
    private final Connections connections;
    private final Tls system = new Tls(TlsTrust.system(), null);

    public HttpClient(Dialer dialer, PoolLimits limits) {
        this.pool = new Pool<>(limits);
        this.connections = new Connections(pool, dialer, deadlines);
        // Not on the timer's own thread: a sweep waits for connections, and deadlines would be late.
        deadlines.every(
                SWEEP, () -> Thread.ofVirtual().name("waybill-http-sweep").start(connections::sweep));
    }

    /// A line to receivers that the JVM trusts.
    public HttpLine line() {
        return line(null, HttpVersion.AUTO);
    }

    /// A line that trusts only certain authorities. Lines that trust the same ones share their connections.
    public HttpLine line(TlsTrust trust) {
        return line(trust, HttpVersion.AUTO);
    }

    /// A line that offers only certain versions of HTTP, too.
    ///
    /// @param trust null means those that the JVM trusts
    public HttpLine line(@Nullable TlsTrust trust, HttpVersion version) {
        return new HttpLine(connections, deadlines, trust == null ? system : new Tls(trust, null), version);
    }

    public PoolUse use() {
        return connections.use();
    }

    @Override
    public void close() {
        deadlines.close();
        pool.close();
    }
}
