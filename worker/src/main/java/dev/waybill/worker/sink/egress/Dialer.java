package dev.waybill.worker.sink.egress;

import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.egress.DialException.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Opens every outbound connection, to an address the [EgressGuard] has checked.
///
/// Names are resolved on threads of its own, because the system's resolver cannot be interrupted and would hold
/// the carrier of a virtual thread for as long as a name server does not answer.
public final class Dialer implements AutoCloseable {

    /// Enough for a few unresponsive name servers beside the lookups that answer in milliseconds.
    private static final int RESOLVER_THREADS = 16;

    /// Lookups that wait for a thread; more would only time out.
    private static final int RESOLVER_QUEUE = 1_024;

    /// Names with more addresses are rare, and each costs a share of the time.
    private static final int ADDRESSES_TRIED = 4;

    private final EgressGuard guard;
    private final ThreadPoolExecutor resolvers;

    public Dialer(EgressGuard guard) {
        this.guard = guard;
        this.resolvers = new ThreadPoolExecutor(
                RESOLVER_THREADS,
                RESOLVER_THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(RESOLVER_QUEUE),
                Thread.ofPlatform().daemon().name("waybill-resolver-", 0).factory());
        resolvers.allowCoreThreadTimeOut(true);
    }

    /// How a protocol connects to one address that was checked.
    ///
    /// @param <C> what it has then
    @FunctionalInterface
    public interface Connector<C> {
        /// Connects to exactly this address. An interrupt ends it, and leaves the thread interrupted.
        ///
        /// @throws SocketTimeoutException if it takes longer than the timeout
        C connect(InetSocketAddress address, Duration timeout) throws IOException;
    }

    /// Connects, trying the name's addresses in turn. The name's lookup and the connect are noted on the clock.
    ///
    /// @throws DialException        if there is no connection within the timeout
    /// @throws InterruptedException if the caller was interrupted; on a virtual thread this works at any point
    public Socket dial(String host, int port, Duration timeout, PhaseClock clock)
            throws DialException, InterruptedException {
        return dial(host, port, timeout, clock, Dialer::connect);
    }

    /// The same for a protocol whose library opens its sockets itself: it is given the addresses, and looks nothing up.
    public <C> C dial(String host, int port, Duration timeout, PhaseClock clock, Connector<C> connector)
            throws DialException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        List<InetAddress> addresses = resolve(host, port, end, clock);
        long connecting = System.nanoTime();
        try {
            return connect(addresses, port, end, connector);
        } finally {
            clock.connect(connecting);
        }
    }

    private List<InetAddress> resolve(String host, int port, long end, PhaseClock clock)
            throws DialException, InterruptedException {
        long start = System.nanoTime();
        FutureTask<List<InetAddress>> lookup = new FutureTask<>(() -> guard.resolve(host, port));
        try {
            resolvers.execute(lookup);
            return lookup.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw new DialException(Failure.RESOLVER_BUSY, "too many names are being resolved", e);
        } catch (TimeoutException e) {
            if (resolvers.remove(lookup)) {
                throw new DialException(Failure.RESOLVER_BUSY, "no thread became free to resolve the name", e);
            }
            throw new DialException(Failure.NAME_TIMEOUT, host + " was not resolved in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DialException dial) {
                throw dial;
            }
            throw new DialException(Failure.NAME_NOT_FOUND, host + " cannot be resolved", e);
        } finally {
            clock.dns(start);
        }
    }

    /// Each address gets an equal share of what is left, so that one that swallows packets does not hide the
    /// next.
    private static <C> C connect(List<InetAddress> addresses, int port, long end, Connector<C> connector)
            throws DialException, InterruptedException {
        int tries = Math.min(addresses.size(), ADDRESSES_TRIED);
        DialException last = null;
        for (int i = 0; i < tries; i++) {
            Duration share = Duration.ofNanos(end - System.nanoTime()).dividedBy(tries - i);
            try {
                return connector.connect(new InetSocketAddress(addresses.get(i), port), share);
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                last = classify(e);
            }
        }
        throw last == null ? new DialException(Failure.UNREACHABLE, "there is no address", null) : last;
    }

    private static Socket connect(InetSocketAddress address, Duration timeout) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, Math.max(1, (int) timeout.toMillis()));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static DialException classify(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return new DialException(Failure.TIMEOUT, "not connected in time", e);
        }
        if (e instanceof ConnectException && String.valueOf(e.getMessage()).contains("refused")) {
            return new DialException(Failure.REFUSED, "the connection was refused", e);
        }
        return new DialException(Failure.UNREACHABLE, "there is no way to the host", e);
    }

    @Override
    public void close() {
        resolvers.shutdownNow();
    }
}
