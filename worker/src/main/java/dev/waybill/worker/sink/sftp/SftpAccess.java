package dev.waybill.worker.sink.sftp;

import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.sftp.SftpConnections.Channel;
import dev.waybill.worker.sink.sftp.SftpConnections.Route;
import dev.waybill.worker.sink.transfer.Access;
import dev.waybill.worker.sink.transfer.RemoteFiles;
import dev.waybill.worker.sink.transfer.Run;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The way of one destination to its server.
record SftpAccess(SftpSettings settings, Policy policy, Secrets secrets, SftpConnections connections)
        implements Access {

    @Override
    public Login login(Run run, PhaseClock clock, boolean fresh) throws NoAccessException, InterruptedException {
        Credentials credentials;
        try {
            credentials = Credentials.of(settings, secrets);
        } catch (SecretNotAllowedException e) {
            throw new NoAccessException(Failures.of(e), "secret", null, e);
        } catch (SecretUnavailableException e) {
            throw new NoAccessException(Failures.of(e), "secret", null, e);
        }
        Route route =
                new Route(settings.host(), settings.port(), credentials, settings.hostKeys(), settings.channels());
        Duration patience = policy.connectTimeout().compareTo(run.left()) < 0 ? policy.connectTimeout() : run.left();
        return new SftpLogin(connections.open(route, patience, clock, fresh));
    }

    @Override
    public void close() {}

    /// A channel, as a login.
    private static final class SftpLogin implements Login {

        private final Channel channel;

        private SftpLogin(Channel channel) {
            this.channel = channel;
        }

        @Override
        public RemoteFiles files() {
            return new SftpFiles(channel.client());
        }

        @Override
        public boolean isReused() {
            return channel.isReused();
        }

        @Override
        public void broken() {
            channel.broken();
        }

        @Override
        public @Nullable String remoteAddress() {
            return channel.session().remoteAddress();
        }

        @Override
        public void describe(ConnectionSteps steps) {
            steps.passed("connect", Phase.CONNECT)
                    .passed("host key", Phase.TLS, channel.session().hostKey())
                    .passed("authenticate", Phase.AUTHENTICATE)
                    .detail("hostKey", channel.session().hostKey())
                    .detail("server", channel.session().session().getServerVersion())
                    .detail("address", channel.session().remoteAddress());
        }

        @Override
        public void close() {
            channel.close();
        }
    }
}
