package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.pool.PoolLimits;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.inflight.Deadlines;
import dev.waybill.worker.sink.tls.Tls;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.time.Duration;

/// Connections to mail servers, and the clock that ends what takes too long. Shared by all destinations.
public final class SmtpClient implements AutoCloseable {

    /// How often idle connections are looked after.
    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Pool<SmtpRoute, SmtpConnection> pool;
    private final Deadlines deadlines = new Deadlines("waybill-smtp-timer");
    private final SmtpConnector connector;
    private final Tls system = new Tls(TlsTrust.system(), null);

    public SmtpClient(Dialer dialer, PoolLimits limits) {
        this.pool = new Pool<>(limits);
        this.connector = new SmtpConnector(dialer, deadlines);
        // Not on the timer's own thread: a sweep waits for connections, and deadlines would be late.
        deadlines.every(
                SWEEP, () -> Thread.ofVirtual().name("waybill-smtp-sweep").start(pool::sweep));
    }

    /// What one sink sends by.
    SmtpLine line() {
        return new SmtpLine(pool, connector, deadlines);
    }

    /// To servers that the JVM trusts, as nobody.
    Tls system() {
        return system;
    }

    public PoolUse use() {
        return pool.use();
    }

    @Override
    public void close() {
        deadlines.close();
        pool.close();
    }
}
