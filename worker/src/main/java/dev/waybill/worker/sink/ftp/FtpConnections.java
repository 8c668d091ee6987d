package dev.waybill.worker.sink.ftp;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import dev.waybill.worker.pool.BackingOffException;
import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.pool.PoolLimits;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.pool.Pooled;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.ftp.FtpSettings.Security;
import dev.waybill.worker.sink.tls.TlsFaults;
import dev.waybill.worker.sink.tls.TlsTrust;
import dev.waybill.worker.sink.transfer.Access.NoAccessException;
import dev.waybill.worker.sink.transfer.Timer;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPConnectionClosedException;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.ftp.FTPSClient;
import org.bouncycastle.tls.TlsException;

/// The control connections of all destinations: made, kept, asked for their health by NOOP.
final class FtpConnections implements AutoCloseable {

    private static final int CONNECTIONS = 512;

    /// Servers end idle logins after a minute and more.
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Duration MAX_AGE = Duration.ofMinutes(15);

    private static final PoolLimits LIMITS = new PoolLimits(FtpSettings.CONNECTIONS_MAX, CONNECTIONS, IDLE, MAX_AGE);

    private static final Duration SWEPT_EVERY = Duration.ofSeconds(5);

    /// What was used just now is there: a question before each file would cost as much as half of the others.
    private static final Duration TRUSTED = Duration.ofSeconds(2);

    private static final Duration HEALTH = Duration.ofSeconds(2);

    private static final int SERVICE_CLOSING = 421;

    /// Who has the same may use the same connection.
    ///
    /// @param password is compared, and never told
    record Route(String host, int port, Security security, TlsTrust trust, String user, String password) {
        @Override
        public String toString() {
            return user + "@" + host + ":" + port;
        }
    }

    /// A connection that is logged in.
    record Connection(FTPClient client, String home) implements Pooled {

        @Override
        public boolean isUsable(Duration idle) {
            if (idle.compareTo(TRUSTED) < 0) {
                return client.isConnected();
            }
            try {
                int before = client.getSoTimeout();
                client.setSoTimeout((int) HEALTH.toMillis());
                boolean there = client.sendNoOp();
                client.setSoTimeout(before);
                return there;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void discard() {
            try {
                client.disconnect();
            } catch (IOException e) {
                // It is gone either way.
            }
        }
    }

    private final Dialer dialer;
    private final Pool<Route, Connection> pool = new Pool<>(LIMITS);

    FtpConnections(Dialer dialer, Timer timer) {
        this.dialer = dialer;
        timer.every(SWEPT_EVERY, pool::sweep);
    }

    /// A connection for the caller, who closes the lease.
    ///
    /// @param fresh  whether it must be a new one
    /// @param answer how long the server has for each answer
    Lease<Route, Connection> open(Route route, Duration patience, Duration answer, PhaseClock clock, boolean fresh)
            throws NoAccessException, InterruptedException {
        Lease<Route, Connection> lease;
        try {
            lease = pool.lease(route, patience);
        } catch (TimeoutException | IOException e) {
            throw new NoAccessException(DialFaults.noConnectionFree(), "connect", Phase.CONNECT, e);
        }
        boolean done = false;
        try {
            if (fresh || lease.reuse() == null) {
                var _ = lease.connect(patience, () -> connect(route, patience, answer, clock));
            }
            done = true;
            return lease;
        } catch (NoAccessException e) {
            throw e;
        } catch (BackingOffException e) {
            throw new NoAccessException(DialFaults.backingOff(e), "connect", Phase.CONNECT, e);
        } catch (IOException e) {
            throw lost("connect", Phase.CONNECT, e);
        } finally {
            if (!done) {
                lease.close();
            }
        }
    }

    private Connection connect(Route route, Duration patience, Duration answer, PhaseClock clock)
            throws NoAccessException, InterruptedException {
        Socket socket;
        try {
            socket = dialer.dial(route.host(), route.port(), patience, clock);
        } catch (DialException e) {
            boolean named = e.failure() == DialException.Failure.NAME_NOT_FOUND
                    || e.failure() == DialException.Failure.NAME_TIMEOUT;
            throw new NoAccessException(
                    DialFaults.of(e), named ? "dns" : "connect", named ? Phase.DNS : Phase.CONNECT, e);
        }
        boolean in = false;
        try {
            FTPClient client = greet(socket, route, answer, clock);
            Connection connection = login(client, route);
            in = true;
            return connection;
        } finally {
            if (!in) {
                close(socket);
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    private static FTPClient greet(Socket socket, Route route, Duration answer, PhaseClock clock)
            throws NoAccessException, InterruptedException {
        long securing = System.nanoTime();
        try {
            FTPClient client = route.security() == Security.NONE
                    ? FtpLine.plain(socket, route.host(), answer)
                    : FtpLine.secure(
                            socket, route.host(), route.security() == Security.IMPLICIT, route.trust(), answer);
            if (!FTPReply.isPositiveCompletion(client.getReplyCode())) {
                throw refused(client.getReplyCode(), "connect", Phase.CONNECT);
            }
            return client;
        } catch (NoAccessException e) {
            throw e;
        } catch (SSLException e) {
            interrupted();
            Outcome.Failed outcome = String.valueOf(e.getMessage()).matches("[45]\\d\\d.*")
                    ? new Permanent(fault(ErrorCategory.TLS, "tls_not_offered", "the server does not offer TLS"))
                    : TlsFaults.ofHandshake(e);
            throw new NoAccessException(outcome, "tls", Phase.TLS, e);
        } catch (TlsException e) {
            interrupted();
            throw new NoAccessException(TlsFaults.ofHandshake(e), "tls", Phase.TLS, e);
        } catch (IOException e) {
            interrupted();
            throw ended("connect", Phase.CONNECT, e);
        } finally {
            clock.tls(securing);
        }
    }

    private static Connection login(FTPClient client, Route route) throws NoAccessException, InterruptedException {
        try {
            if (!client.login(route.user(), route.password())) {
                throw refused(client.getReplyCode(), "authenticate", Phase.AUTHENTICATE);
            }
            if (client instanceof FTPSClient secure) {
                secure.execPBSZ(0);
                secure.execPROT("P");
            }
            if (!client.setFileType(FTP.BINARY_FILE_TYPE)) {
                throw refused(client.getReplyCode(), "authenticate", Phase.AUTHENTICATE);
            }
            String home = client.printWorkingDirectory();
            if (home == null) {
                throw refused(client.getReplyCode(), "authenticate", Phase.AUTHENTICATE);
            }
            return new Connection(client, home);
        } catch (NoAccessException e) {
            throw e;
        } catch (SSLException e) {
            interrupted();
            throw new NoAccessException(
                    new Permanent(
                            fault(ErrorCategory.TLS, "tls_not_offered", "the server does not secure data connections")),
                    "tls",
                    Phase.TLS,
                    e);
        } catch (IOException e) {
            interrupted();
            throw ended("authenticate", Phase.AUTHENTICATE, e);
        }
    }

    /// Commons Net makes an exception of 421, the one reply after which there is no connection.
    private static NoAccessException ended(String check, Phase phase, IOException e) {
        boolean said = e instanceof FTPConnectionClosedException
                && String.valueOf(e.getMessage()).contains(Integer.toString(SERVICE_CLOSING));
        return said ? refused(SERVICE_CLOSING, check, phase) : lost(check, phase, e);
    }

    /// 421 in the place of a greeting or a login is how servers say that there are too many.
    private static NoAccessException refused(int code, String check, Phase phase) {
        Outcome.Failed outcome;
        if (code == SERVICE_CLOSING) {
            outcome = new Throttled(
                    fault(
                            ErrorCategory.THROTTLED,
                            "too_many_connections",
                            "the server takes no more connections",
                            code),
                    null);
        } else if (code >= 500) {
            outcome = new Permanent(
                    fault(ErrorCategory.AUTHENTICATION, "login_failed", "the server does not accept the login", code));
        } else {
            outcome = new Retryable(
                    fault(ErrorCategory.RESPONSE, "login_refused", "the server does not let us in now", code), null);
        }
        return new NoAccessException(outcome, check, phase, null);
    }

    private static NoAccessException lost(String check, Phase phase, IOException e) {
        Outcome.Failed outcome = e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException
                ? new Retryable(fault(ErrorCategory.TIMEOUT, "login_timeout", "the login took too long"), null)
                : new Retryable(
                        fault(
                                ErrorCategory.CONNECT,
                                "connection_lost",
                                "the connection broke before the login was done"),
                        null);
        return new NoAccessException(outcome, check, phase, e);
    }

    private static Fault fault(ErrorCategory category, String code, String message) {
        return Fault.of(category, "ftp_" + code, message);
    }

    private static Fault fault(ErrorCategory category, String code, String message, int reply) {
        return new Fault(category, "ftp_" + code, message, reply);
    }

    /// On a virtual thread an interrupt closes the socket, and leaves its mark.
    private static void interrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("stopped while connecting");
        }
    }

    PoolUse use() {
        return pool.use();
    }

    @Override
    public void close() {
        pool.close();
    }
}
