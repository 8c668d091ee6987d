package dev.waybill.worker.sink.sftp;

import dev.waybill.worker.pool.BackingOffException;
import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.pool.PoolLimits;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.pool.Share;
import dev.waybill.worker.pool.Sharing;
import dev.waybill.worker.pool.SlowPeerException;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.sftp.Credentials.UnusableKeyException;
import dev.waybill.worker.sink.transfer.Access.NoAccessException;
import dev.waybill.worker.sink.transfer.Timer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.future.CancelOption;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.jspecify.annotations.Nullable;

/// The sessions of all destinations: made, shared, kept. MINA reads and writes on threads of its own; it is
/// given addresses that the egress guard has checked, and nothing of the machine's own SSH files.
final class SftpConnections implements AutoCloseable {

    /// Sessions for whoever logs in the same way: eight channels on each are as many files as a worker sends to
    /// one destination at a time by far.
    private static final int SESSIONS_PER_LOGIN = 16;

    private static final int SESSIONS = 512;

    /// Servers and firewalls drop idle sessions after minutes.
    private static final Duration IDLE = Duration.ofSeconds(60);

    private static final Duration MAX_AGE = Duration.ofMinutes(15);

    private static final PoolLimits LIMITS = new PoolLimits(SESSIONS_PER_LOGIN, SESSIONS, IDLE, MAX_AGE);

    /// A session that is used and says nothing is asked, so that a dead one is noticed.
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private static final int HEARTBEATS_UNANSWERED = 2;

    private static final Duration SWEPT_EVERY = Duration.ofSeconds(5);

    /// MINA's own bounds stay out of the way of the policy's.
    private static final Duration NO_BOUND = Duration.ofDays(1);

    /// Threads of MINA, beside those that wait for answers, which are ours.
    private static final int IO_THREADS = 2;

    /// Who has the same may use the same session.
    record Route(String host, int port, Credentials credentials, HostKeys hostKeys, int channels) {}

    private final Dialer dialer;
    private final SshClient client;
    private final Pool<Route, SftpSession> pool = new Pool<>(LIMITS);
    private final Sharing<Route, SftpSession> sharing = new Sharing<>(pool);

    SftpConnections(Dialer dialer, Timer timer) {
        this.dialer = dialer;
        this.client = client();
        client.start();
        timer.every(SWEPT_EVERY, () -> {
            pool.sweep();
            sharing.sweep();
        });
    }

    private static SshClient client() {
        SshClient client = ClientBuilder.builder()
                .hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
                .filePasswordProvider(FilePasswordProvider.EMPTY)
                .serverKeyVerifier(ServerCheck.verifier())
                .build(true);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setUserAuthFactories(List.of(
                UserAuthPublicKeyFactory.INSTANCE,
                UserAuthPasswordFactory.INSTANCE,
                UserAuthKeyboardInteractiveFactory.INSTANCE));
        client.addSessionListener(ServerCheck.negotiator());
        CoreModuleProperties.NIO_WORKERS.set(client, IO_THREADS);
        // One answer is enough: the same password is not sent again and again.
        CoreModuleProperties.PASSWORD_PROMPTS.set(client, 1);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, HEARTBEATS_UNANSWERED);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.AUTH_TIMEOUT.set(client, NO_BOUND);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, NO_BOUND);
        CoreModuleProperties.CHANNEL_OPEN_TIMEOUT.set(client, NO_BOUND);
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, NO_BOUND);
        SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(client, NO_BOUND);
        AbstractSftpClient.SFTP_CLIENT_CMD_TIMEOUT.set(client, NO_BOUND);
        return client;
    }

    /// A session that somebody may use: one of several, or alone.
    private interface Holding extends AutoCloseable {
        SftpSession session();

        /// Whether it was there before.
        boolean isReused();

        @Override
        void close();
    }

    private record Shared(Share<Route, SftpSession> share) implements Holding {
        @Override
        public SftpSession session() {
            return share.connection();
        }

        @Override
        public boolean isReused() {
            return share.joined();
        }

        @Override
        public void close() {
            share.close();
        }
    }

    private record Alone(Lease<Route, SftpSession> lease, SftpSession session) implements Holding {
        @Override
        public boolean isReused() {
            return false;
        }

        /// It is there for others then.
        @Override
        public void close() {
            if (session.isOver()) {
                lease.fail();
            } else {
                lease.keep(null);
            }
            lease.close();
        }
    }

    /// A channel of a session, for one caller, until it is closed.
    static final class Channel implements AutoCloseable {

        private final Holding holding;
        private final AbstractSftpClient client;
        private boolean broken;

        private Channel(Holding holding, AbstractSftpClient client) {
            this.holding = holding;
            this.client = client;
        }

        SftpSession session() {
            return holding.session();
        }

        AbstractSftpClient client() {
            return client;
        }

        boolean isReused() {
            return holding.isReused();
        }

        /// The channel is not used again, and nobody else gets the session: it may be what failed. Those who
        /// have a channel of it go on, and find out themselves.
        void broken() {
            broken = true;
            holding.session().retire();
        }

        @Override
        public void close() {
            if (broken) {
                holding.session().drop(client);
            } else {
                holding.session().giveBack(client);
            }
            holding.close();
        }
    }

    /// A channel, on a session that is there or a new one.
    ///
    /// @param patience for connecting
    /// @param fresh    whether the session must be a new one, and stays the caller's alone until then
    Channel open(Route route, Duration patience, PhaseClock clock, boolean fresh)
            throws NoAccessException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Holding holding = hold(route, patience, end, clock, fresh);
            SftpSession session = holding.session();
            boolean kept = false;
            try {
                AbstractSftpClient channel = session.channel();
                kept = true;
                return new Channel(holding, channel);
            } catch (IOException e) {
                boolean full = LoginFaults.hasCause(e, SshChannelOpenException.class);
                if (full && session.isFull() && left(end).toNanos() > 1) {
                    continue;
                }
                if (full) {
                    throw new NoAccessException(LoginFaults.noChannel(), "subsystem", Phase.AUTHENTICATE, e);
                }
                session.retire();
                interruptedBy(e);
                if (!holding.isReused() || left(end).toNanos() <= 1) {
                    throw new NoAccessException(LoginFaults.noSubsystem(), "subsystem", Phase.AUTHENTICATE, e);
                }
            } finally {
                if (!kept) {
                    holding.close();
                }
            }
        }
    }

    private Holding hold(Route route, Duration patience, long end, PhaseClock clock, boolean fresh)
            throws NoAccessException, InterruptedException {
        try {
            return fresh
                    ? alone(route, patience, end, clock)
                    : new Shared(sharing.take(route, left(end), () -> connect(route, patience, clock)));
        } catch (NoAccessException e) {
            throw e;
        } catch (BackingOffException e) {
            throw new NoAccessException(DialFaults.backingOff(e), "connect", Phase.CONNECT, e);
        } catch (SlowPeerException e) {
            throw new NoAccessException(DialFaults.timedOut(), "connect", Phase.CONNECT, e);
        } catch (TimeoutException | IOException e) {
            throw new NoAccessException(DialFaults.noConnectionFree(), "connect", Phase.CONNECT, e);
        }
    }

    private Holding alone(Route route, Duration patience, long end, PhaseClock clock)
            throws IOException, InterruptedException, TimeoutException {
        Lease<Route, SftpSession> lease = pool.lease(route, left(end));
        boolean made = false;
        try {
            SftpSession session = lease.connect(patience, () -> connect(route, patience, clock));
            made = true;
            return new Alone(lease, session);
        } finally {
            if (!made) {
                lease.close();
            }
        }
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    private SftpSession connect(Route route, Duration patience, PhaseClock clock)
            throws NoAccessException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        KeyPair key;
        try {
            key = route.credentials().keyPair();
        } catch (UnusableKeyException e) {
            throw LoginFaults.unusableKey(e);
        }
        ServerCheck check = new ServerCheck(route.hostKeys());
        ClientSession session;
        try {
            session = dialer.dial(
                    route.host(),
                    route.port(),
                    patience,
                    clock,
                    (address, time) -> connect(route, check, address, time));
        } catch (DialException e) {
            boolean named = e.failure() == DialException.Failure.NAME_NOT_FOUND
                    || e.failure() == DialException.Failure.NAME_TIMEOUT;
            throw new NoAccessException(
                    DialFaults.of(e), named ? "dns" : "connect", named ? Phase.DNS : Phase.CONNECT, e);
        }
        boolean in = false;
        long negotiating = System.nanoTime();
        try {
            authenticate(session, route.credentials().password(), key, left(end));
            in = true;
            return new SftpSession(session, check.seen(), route.channels());
        } catch (IOException e) {
            interruptedBy(e);
            throw LoginFaults.refused(e, check);
        } finally {
            clock.tls(negotiating);
            if (!in) {
                var _ = session.close(true);
            }
        }
    }

    private ClientSession connect(Route route, ServerCheck check, InetSocketAddress address, Duration time)
            throws IOException {
        ConnectFuture connecting = client.connect(route.credentials().user(), address, check.context(), null);
        try {
            return connecting
                    .verify(time, CancelOption.CANCEL_ON_TIMEOUT, CancelOption.CANCEL_ON_INTERRUPT)
                    .getSession();
        } catch (IOException e) {
            if (LoginFaults.hasCause(e, InterruptedException.class) || e instanceof InterruptedIOException) {
                Thread.currentThread().interrupt();
            }
            if (LoginFaults.hasCause(e, TimeoutException.class)) {
                throw (IOException) new SocketTimeoutException("not connected in time").initCause(e);
            }
            if (LoginFaults.hasCause(e, ConnectException.class) && LoginFaults.mentions(e, "refused")) {
                throw (IOException) new ConnectException("Connection refused").initCause(e);
            }
            throw e;
        }
    }

    private static void authenticate(
            ClientSession session, @Nullable String password, @Nullable KeyPair key, Duration time) throws IOException {
        if (key != null) {
            session.addPublicKeyIdentity(key);
        }
        if (password != null) {
            session.addPasswordIdentity(password);
        }
        session.auth().verify(time, CancelOption.CANCEL_ON_TIMEOUT, CancelOption.CANCEL_ON_INTERRUPT);
    }

    private static void interruptedBy(IOException e) throws InterruptedException {
        boolean mark = Thread.interrupted();
        if (mark || LoginFaults.hasCause(e, InterruptedException.class) || e instanceof InterruptedIOException) {
            throw new InterruptedException("stopped while connecting");
        }
    }

    PoolUse use() {
        return pool.use();
    }

    @Override
    public void close() {
        pool.close();
        client.stop();
    }
}
