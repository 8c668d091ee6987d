package dev.waybill.worker.sink.ftp;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.ftp.FtpConnections.Connection;
import dev.waybill.worker.sink.ftp.FtpConnections.Route;
import dev.waybill.worker.sink.ftp.FtpSettings.Security;
import dev.waybill.worker.sink.transfer.Access;
import dev.waybill.worker.sink.transfer.RemoteFiles;
import dev.waybill.worker.sink.transfer.Run;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The way of one destination to its server, with as many connections at a time as its settings allow.
final class FtpAccess implements Access {

    private final FtpSettings settings;
    private final Policy policy;
    private final Secrets secrets;
    private final FtpConnections connections;
    private final Semaphore places;

    FtpAccess(FtpSettings settings, Policy policy, Secrets secrets, FtpConnections connections) {
        this.settings = settings;
        this.policy = policy;
        this.secrets = secrets;
        this.connections = connections;
        this.places = new Semaphore(settings.connections(), true);
    }

    @Override
    public Login login(Run run, PhaseClock clock, boolean fresh) throws NoAccessException, InterruptedException {
        String password = password();
        if (!places.tryAcquire(run.left().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new NoAccessException(DialFaults.noConnectionFree(), "connect", Phase.CONNECT, null);
        }
        boolean in = false;
        try {
            Route route = new Route(
                    settings.host(), settings.port(), settings.security(), settings.trust(), settings.user(), password);
            Duration patience =
                    policy.connectTimeout().compareTo(run.left()) < 0 ? policy.connectTimeout() : run.left();
            Lease<Route, Connection> lease = connections.open(route, patience, policy.firstByteTimeout(), clock, fresh);
            in = true;
            return new FtpLogin(lease, fresh || clock.phases().connect() != null);
        } finally {
            if (!in) {
                places.release();
            }
        }
    }

    private String password() throws NoAccessException {
        try {
            String password = secrets.resolve(settings.organizationId(), settings.password());
            // A line break would be another command.
            if (password.chars().anyMatch(Character::isISOControl)) {
                Fault fault = Fault.of(
                        ErrorCategory.AUTHENTICATION, "ftp_login_failed", "the password has control characters");
                throw new NoAccessException(new Permanent(fault), "authenticate", Phase.AUTHENTICATE, null);
            }
            return password;
        } catch (SecretNotAllowedException e) {
            throw new NoAccessException(Failures.of(e), "secret", null, e);
        } catch (SecretUnavailableException e) {
            throw new NoAccessException(Failures.of(e), "secret", null, e);
        }
    }

    @Override
    public void close() {}

    /// A lease, as a login.
    private final class FtpLogin implements Login {

        private final Lease<Route, Connection> lease;
        private final Connection connection;
        private final boolean fresh;
        private boolean broken;

        private FtpLogin(Lease<Route, Connection> lease, boolean fresh) {
            this.lease = lease;
            this.connection = Objects.requireNonNull(lease.connection());
            this.fresh = fresh;
        }

        @Override
        public RemoteFiles files() {
            return new FtpFiles(connection.client(), connection.home());
        }

        @Override
        public boolean isReused() {
            return !fresh;
        }

        @Override
        public void broken() {
            broken = true;
        }

        @Override
        public @Nullable String remoteAddress() {
            return connection.client().getRemoteAddress() == null
                    ? null
                    : connection.client().getRemoteAddress().getHostAddress() + ":"
                            + connection.client().getRemotePort();
        }

        @Override
        public void describe(ConnectionSteps steps) {
            steps.passed("connect", Phase.CONNECT);
            if (settings.security() != Security.NONE) {
                steps.passed("tls", Phase.TLS);
            }
            steps.passed("authenticate", Phase.AUTHENTICATE)
                    .detail("home", connection.home())
                    .detail("address", remoteAddress());
        }

        @Override
        public void close() {
            if (broken) {
                lease.fail();
            } else {
                lease.keep(null);
            }
            lease.close();
            places.release();
        }
    }
}
