package dev.waybill.worker.sink.http;

import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.sink.egress.Dialer;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.HttpHost;

/// The way to receivers: a place in the pool, and a connection in it by name, address and TLS.
final class Connections {

    private final Pool<Route, HttpConnection> pool;
    private final Dialer dialer;
    private final Deadlines deadlines;

    Connections(Pool<Route, HttpConnection> pool, Dialer dialer, Deadlines deadlines) {
        this.pool = pool;
        this.dialer = dialer;
        this.deadlines = deadlines;
    }

    /// A place in the pool, with a connection in it or without.
    ///
    /// @throws TimeoutException if none became free in time
    Lease<Route, HttpConnection> lease(Route route, Duration timeout)
            throws InterruptedException, TimeoutException, IOException {
        return pool.lease(route, timeout);
    }

    /// Makes a connection.
    ///
    /// @throws InterruptedException if the call was ended, other than by the timeout of connecting
    HttpConnection connect(Route route, Progress progress, Duration timeout) throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        HttpHost origin = route.origin();
        progress.stage = Stage.CONNECTING;
        Socket socket = dialer.dial(origin.getHostName(), origin.getPort(), timeout, progress.clock);
        try {
            SSLSocket tls = HttpTarget.isSecure(origin) ? handshake(socket, route, progress, end) : null;
            return HttpConnection.over(socket, tls);
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
            return route.trust()
                    .handshake(
                            socket, route.origin().getHostName(), route.origin().getPort());
        } finally {
            deadline.cancel(false);
            progress.clock.tls(start);
        }
    }
}
