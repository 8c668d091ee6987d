package dev.waybill.worker.sink.http;

import dev.waybill.worker.sink.egress.Dialer;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.pool.StrictConnPool;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// The pool of connections that share one idea of whom to trust. The most recently used one is taken first, so
/// that the surplus of a burst ages out.
final class Connections {

    private final StrictConnPool<HttpHost, HttpConnection> pool;
    private final Dialer dialer;
    private final TlsTrust trust;
    private final HttpLimits limits;
    private final Deadlines deadlines;

    Connections(Dialer dialer, TlsTrust trust, HttpLimits limits, Deadlines deadlines) {
        this.pool = new StrictConnPool<>(
                limits.perHost(),
                limits.total(),
                TimeValue.of(limits.maxAge()),
                PoolReusePolicy.LIFO,
                (connection, mode) -> connection.close(CloseMode.IMMEDIATE),
                null);
        this.dialer = dialer;
        this.trust = trust;
        this.limits = limits;
        this.deadlines = deadlines;
    }

    /// A place in the pool, with a connection in it or without.
    ///
    /// @throws TimeoutException if none became free in time
    PoolEntry<HttpHost, HttpConnection> lease(HttpHost origin, Duration timeout)
            throws InterruptedException, TimeoutException, IOException {
        Future<PoolEntry<HttpHost, HttpConnection>> lease = request(origin, timeout);
        try {
            return lease.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the pool is closed", e);
        } catch (InterruptedException | TimeoutException e) {
            giveUp(lease);
            throw e;
        }
    }

    private Future<PoolEntry<HttpHost, HttpConnection>> request(HttpHost origin, Duration timeout) throws IOException {
        try {
            return pool.lease(origin, null, Timeout.of(timeout), null);
        } catch (IllegalStateException e) {
            throw new IOException("the pool is closed", e);
        }
    }

    /// Gives back what the pool assigned while we stopped waiting.
    private void giveUp(Future<PoolEntry<HttpHost, HttpConnection>> lease) {
        if (!lease.cancel(true) && lease.state() == Future.State.SUCCESS) {
            pool.release(lease.resultNow(), true);
        }
    }

    /// Whether a place holds a connection that a request may be sent on.
    static boolean isUsable(PoolEntry<HttpHost, HttpConnection> entry) {
        return entry.hasConnection()
                && entry.getConnection().isUsable(Duration.ofMillis(System.currentTimeMillis() - entry.getUpdated()));
    }

    /// Puts a new connection into a place, in the stead of what is there.
    void connect(PoolEntry<HttpHost, HttpConnection> entry, Progress progress, Duration timeout)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        entry.discardConnection(CloseMode.IMMEDIATE);
        HttpHost origin = entry.getRoute();
        progress.stage = Stage.CONNECTING;
        Socket socket = dialer.dial(origin.getHostName(), origin.getPort(), timeout, progress.clock);
        try {
            SSLSocket tls = HttpTarget.isSecure(origin) ? handshake(socket, origin, progress, end) : null;
            entry.assignConnection(HttpConnection.over(socket, tls));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private SSLSocket handshake(Socket socket, HttpHost origin, Progress progress, long end) throws IOException {
        progress.stage = Stage.SECURING;
        long start = System.nanoTime();
        Future<?> deadline =
                deadlines.abortAfter(Duration.ofNanos(end - start), progress.inFlight, InFlight.Abort.CONNECT_TIMEOUT);
        try {
            return trust.handshake(socket, origin.getHostName(), origin.getPort());
        } finally {
            deadline.cancel(false);
            progress.clock.tls(start);
        }
    }

    /// Gives a place back, keeping its connection for the next request.
    ///
    /// @param keepAlive how long the receiver keeps it; null if it does not say
    void keep(PoolEntry<HttpHost, HttpConnection> entry, @Nullable Duration keepAlive) {
        Duration idle = keepAlive == null || keepAlive.compareTo(limits.idle()) > 0 ? limits.idle() : keepAlive;
        entry.updateExpiry(TimeValue.of(idle));
        pool.release(entry, true);
    }

    /// Gives a place back without its connection.
    void drop(PoolEntry<HttpHost, HttpConnection> entry) {
        entry.discardConnection(CloseMode.IMMEDIATE);
        pool.release(entry, false);
    }

    void closeExpired() {
        pool.closeExpired();
    }

    void close() {
        pool.close(CloseMode.IMMEDIATE);
    }
}
