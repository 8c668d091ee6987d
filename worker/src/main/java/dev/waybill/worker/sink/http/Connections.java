package dev.waybill.worker.sink.http;

import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.pool.Share;
import dev.waybill.worker.pool.Sharing;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.http.h2.Http2Connection;
import dev.waybill.worker.sink.inflight.Deadlines;
import dev.waybill.worker.sink.inflight.InFlight;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.HttpHost;

/// The way to receivers: a place in the pool, and a connection in it by name, address and TLS.
final class Connections {

    private final Pool<Route, Link> pool;
    private final Sharing<Route, Link> sharing;
    private final Dialer dialer;
    private final Deadlines deadlines;

    Connections(Pool<Route, Link> pool, Dialer dialer, Deadlines deadlines) {
        this.pool = pool;
        this.sharing = new Sharing<>(pool);
        this.dialer = dialer;
        this.deadlines = deadlines;
    }

    /// A place in the pool, with a connection in it or without.
    ///
    /// @throws TimeoutException if none became free in time
    Lease<Route, Link> lease(Route route, Duration timeout) throws InterruptedException, TimeoutException, IOException {
        return pool.lease(route, timeout);
    }

    /// A connection that others may use, too, if it is of that kind: one that is there, or a new one.
    ///
    /// @throws TimeoutException if no place in the pool became free in time
    Share<Route, Link> share(Route route, Progress progress, Duration timeout)
            throws InterruptedException, TimeoutException, IOException {
        long end = System.nanoTime() + timeout.toNanos();
        return sharing.take(
                route, timeout, () -> connect(route, progress, Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
    }

    /// Looks after all of them. Waits for connections.
    void sweep() {
        pool.sweep();
        sharing.sweep();
    }

    PoolUse use() {
        return sharing.use();
    }

    /// Makes a connection.
    ///
    /// @throws InterruptedException if the call was ended, other than by the timeout of connecting
    Link connect(Route route, Progress progress, Duration timeout) throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        HttpHost origin = route.origin();
        progress.stage = Stage.CONNECTING;
        Socket socket = dialer.dial(origin.getHostName(), origin.getPort(), timeout, progress.clock);
        try {
            SSLSocket tls = HttpTarget.isSecure(origin) ? handshake(socket, route, progress, end) : null;
            return tls != null && HttpVersion.HTTP_2.equals(tls.getApplicationProtocol())
                    ? greet(Http2Connection.over(socket, tls), progress, end)
                    : HttpConnection.over(socket, tls);
        } catch (IOException e) {
            socket.close();
            if (isGivenUp(progress)) {
                throw new InterruptedException();
            }
            throw e;
        }
    }

    /// Whether the caller's own end came first: then the receiver is not to blame.
    private static boolean isGivenUp(Progress progress) {
        return Thread.currentThread().isInterrupted() && progress.inFlight.reason() != InFlight.Abort.CONNECT_TIMEOUT;
    }

    private SSLSocket handshake(Socket socket, Route route, Progress progress, long end) throws IOException {
        progress.stage = Stage.SECURING;
        long start = System.nanoTime();
        Future<?> deadline =
                deadlines.abortAfter(Duration.ofNanos(end - start), progress.inFlight, InFlight.Abort.CONNECT_TIMEOUT);
        try {
            return route.tls()
                    .handshake(
                            socket,
                            route.origin().getHostName(),
                            route.origin().getPort(),
                            route.version().protocols());
        } finally {
            deadline.cancel(false);
            progress.clock.tls(start);
        }
    }

    /// Waits for the receiver to speak HTTP/2: its limits hold from the first request on, and a handshake that it
    /// rejects after we thought it complete is known before anything was sent.
    private static Link greet(Http2Connection connection, Progress progress, long end)
            throws IOException, InterruptedException {
        progress.stage = Stage.GREETING;
        boolean well = false;
        try {
            connection.awaitSettings(Duration.ofNanos(end - System.nanoTime()));
            well = true;
            return new Http2Link(connection);
        } finally {
            if (!well) {
                connection.discard();
            }
        }
    }
}
