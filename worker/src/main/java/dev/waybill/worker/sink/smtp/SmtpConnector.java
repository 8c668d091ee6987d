package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.inflight.Deadlines;
import dev.waybill.worker.sink.inflight.InFlight;
import dev.waybill.worker.sink.smtp.SmtpConnection.Refusal;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Makes connections that are ready for a message: connected, secured, introduced, authenticated.
final class SmtpConnector {

    private final Dialer dialer;
    private final Deadlines deadlines;

    SmtpConnector(Dialer dialer, Deadlines deadlines) {
        this.dialer = dialer;
        this.deadlines = deadlines;
    }

    /// Makes a connection, which may turn out to be refused.
    ///
    /// @throws InterruptedException if the attempt was ended
    SmtpConnection connect(SmtpRoute route, Progress progress, SmtpExchange.Rules rules)
            throws IOException, InterruptedException {
        SmtpTimeouts timeouts = rules.timeouts();
        progress.stage = Stage.CONNECTING;
        Socket socket = dialer.dial(route.host(), route.port(), timeouts.connect(), progress.clock);
        boolean well = false;
        try {
            SmtpConnection connection = new SmtpConnection(socket);
            progress.remoteAddress = connection.remoteAddress();
            Refusal refusal = introduce(connection, socket, route, progress, rules);
            if (refusal != null) {
                connection.refuse(refusal);
            }
            connection.pause();
            well = true;
            return connection;
        } catch (IOException e) {
            if (isGivenUp(progress)) {
                throw new InterruptedException();
            }
            throw e;
        } finally {
            if (!well) {
                socket.close();
            }
        }
    }

    /// Whether the caller's own end came first: then the server is not to blame.
    private static boolean isGivenUp(Progress progress) {
        return Thread.currentThread().isInterrupted() && progress.inFlight.reason() != InFlight.Abort.CONNECT_TIMEOUT;
    }

    private @Nullable Refusal introduce(
            SmtpConnection connection, Socket socket, SmtpRoute route, Progress progress, SmtpExchange.Rules rules)
            throws IOException, InterruptedException {
        SmtpTimeouts timeouts = rules.timeouts();
        SmtpOutcomes outcomes = rules.outcomes();
        if (route.security() == Security.TLS) {
            secure(connection, socket, route, progress, timeouts.connect());
        }
        progress.stage = Stage.GREETING;
        Reply greeting = connection.read(timeouts.reply());
        if (greeting.code() != 220) {
            return refused(Step.CONNECTION, greeting, outcomes);
        }
        progress.stage = Stage.INTRODUCING;
        Reply hello = hello(connection, route, timeouts);
        if (!hello.isPositive()) {
            return refused(Step.HELLO, hello, outcomes);
        }
        if (route.security() == Security.STARTTLS) {
            if (!connection.extensions().has("STARTTLS")) {
                return lacking(Step.STARTTLS, SmtpFaults.noStartTls());
            }
            Reply ready = connection.ask("STARTTLS", timeouts.reply());
            if (ready.code() != 220) {
                return refused(Step.STARTTLS, ready, outcomes);
            }
            if (connection.wire().hasLeftover()) {
                return lacking(Step.STARTTLS, SmtpFaults.injected());
            }
            secure(connection, socket, route, progress, timeouts.connect());
            progress.stage = Stage.INTRODUCING;
            Reply again = hello(connection, route, timeouts);
            if (!again.isPositive()) {
                return refused(Step.HELLO, again, outcomes);
            }
        }
        progress.stage = Stage.AUTHENTICATING;
        long start = System.nanoTime();
        Refusal refusal = Authentication.authenticate(connection, route.login(), rules.tokens(), timeouts, outcomes);
        progress.authentication = Duration.ofNanos(System.nanoTime() - start);
        return refusal;
    }

    private static Reply hello(SmtpConnection connection, SmtpRoute route, SmtpTimeouts timeouts) throws IOException {
        String name = route.ehloName() == null ? connection.localLiteral() : route.ehloName();
        Reply hello = connection.ask("EHLO " + name, timeouts.reply());
        if (hello.isPositive()) {
            connection.learn(Extensions.of(hello));
        }
        return hello;
    }

    private void secure(SmtpConnection connection, Socket socket, SmtpRoute route, Progress progress, Duration patience)
            throws IOException {
        progress.stage = Stage.SECURING;
        long start = System.nanoTime();
        Future<?> deadline = deadlines.abortAfter(patience, progress.inFlight, InFlight.Abort.CONNECT_TIMEOUT);
        try {
            SSLSocket tls = route.tls().handshake(socket, route.tlsName(), route.port());
            connection.secure(tls);
        } finally {
            deadline.cancel(false);
            progress.clock.tls(start);
        }
    }

    /// What a server said in place of what it was asked for.
    ///
    /// @throws MalformedReplyException if it is no refusal either
    static Refusal refused(Step step, Reply reply, SmtpOutcomes outcomes) throws MalformedReplyException {
        reply.requireRefusal();
        return new Refusal(step, reply, outcomes.refused(step, reply));
    }

    private static Refusal lacking(Step step, Outcome.Failed outcome) {
        return new Refusal(step, null, outcome);
    }
}
