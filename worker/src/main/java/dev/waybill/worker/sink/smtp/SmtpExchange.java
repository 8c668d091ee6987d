package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.pool.BackingOffException;
import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.inflight.InFlight;
import dev.waybill.worker.sink.smtp.SmtpConnection.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One message on its way: leases, connects, addresses, sends, waits for the last word. Lives on one
/// thread, for one attempt.
final class SmtpExchange {

    /// Written at a time. The last piece holds the end of the message: from then on it may have arrived.
    private static final int PIECE = 64 * 1024;

    private static final int START_INPUT = 354;

    /// The server says that it ends the connection (RFC 5321, section 3.8).
    private static final int CLOSING = 421;

    private final Pool<SmtpRoute, SmtpConnection> pool;
    private final SmtpConnector connector;
    private final SmtpRoute route;
    private final OutgoingMessage message;
    private final Rules rules;
    private final Progress progress;
    private final long end;

    private @Nullable Reply lastWord;
    private Map<String, String> facts = Map.of();
    private boolean spoiled;

    /// What a destination wants.
    ///
    /// @param perConnection messages that a connection takes at most
    record Rules(
            SmtpTimeouts timeouts,
            SmtpOutcomes outcomes,
            OnRefused onRefused,
            int perConnection,
            Authentication.Tokens tokens) {}

    SmtpExchange(
            Pool<SmtpRoute, SmtpConnection> pool,
            SmtpConnector connector,
            SmtpRoute route,
            OutgoingMessage message,
            Rules rules,
            InFlight inFlight) {
        this.pool = pool;
        this.connector = connector;
        this.route = route;
        this.message = message;
        this.rules = rules;
        this.progress = new Progress(inFlight);
        this.end = System.nanoTime() + rules.timeouts().total().toNanos();
    }

    Sent run() throws InterruptedException {
        Outcome outcome = outcome();
        return new Sent(outcome, lastWord, facts, progress.bytesSent, progress.remoteAddress, progress.clock.phases());
    }

    private Outcome outcome() throws InterruptedException {
        try {
            return converse();
        } catch (InterruptedException e) {
            return interrupted();
        } catch (TimeoutException e) {
            return DialFaults.noConnectionFree();
        } catch (DialException e) {
            return progress.isInterrupted() ? interrupted() : DialFaults.of(e);
        } catch (BackingOffException e) {
            return DialFaults.backingOff(e);
        } catch (IOException e) {
            return progress.isInterrupted() ? interrupted() : SmtpFaults.broken(progress.stage, e);
        }
    }

    /// What an interrupt means: the end of this attempt, or of the worker.
    private Outcome.Failed interrupted() throws InterruptedException {
        InFlight.Abort reason = progress.inFlight.reason();
        if (reason == null) {
            throw new InterruptedException();
        }
        return SmtpFaults.aborted(progress.stage, reason);
    }

    private Outcome converse() throws InterruptedException, TimeoutException, IOException {
        if (Thread.interrupted()) {
            // It shows only where the thread has to wait, and a quick server may never let it.
            throw new InterruptedException();
        }
        try (Lease<SmtpRoute, SmtpConnection> lease =
                pool.lease(route, rules.timeouts().connect())) {
            SmtpConnection used = lease.reuse();
            if (used != null) {
                try {
                    return send(lease, used);
                } catch (IOException e) {
                    if (progress.stage == Stage.ANSWERING || progress.isInterrupted()) {
                        throw e;
                    }
                    // The server had ended it, as it may at any time, and has no message.
                }
            }
            return send(lease, connect(lease));
        }
    }

    private SmtpConnection connect(Lease<SmtpRoute, SmtpConnection> lease) throws IOException, InterruptedException {
        return lease.connect(left(), () -> connector.connect(route, progress, rules));
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    private Outcome send(Lease<SmtpRoute, SmtpConnection> lease, SmtpConnection connection) throws IOException {
        progress.remoteAddress = connection.remoteAddress();
        Refusal refusal = connection.refusal();
        if (refusal != null) {
            lastWord = refusal.step() == Step.AUTH ? null : refusal.reply();
            return refusal.outcome();
        }
        boolean kept = false;
        try {
            Outcome outcome = transact(connection);
            if (isOrderly()) {
                connection.pause();
                if (connection.messages() < rules.perConnection()) {
                    lease.keep(null);
                }
            }
            kept = true;
            return outcome;
        } finally {
            if (!kept) {
                lease.fail();
            }
        }
    }

    /// Whether both sides agree that nothing is under way.
    private boolean isOrderly() {
        return !spoiled && (lastWord == null || (lastWord.complete() && lastWord.code() != CLOSING));
    }

    private Outcome transact(SmtpConnection connection) throws IOException {
        progress.stage = Stage.ADDRESSING;
        lastWord = null;
        Extensions server = connection.extensions();
        if (server.size() > 0 && message.size() > server.size()) {
            return SmtpFaults.tooLarge(message.size(), server.size());
        }
        if (message.isUnicode() && !server.has("SMTPUTF8")) {
            return SmtpFaults.noUnicodeAddresses();
        }
        boolean first = connection.begin() == 0;
        Outcome.Failed obstacle = address(connection, first);
        if (obstacle != null) {
            reset(connection);
            return obstacle;
        }
        return transmit(connection);
    }

    /// Names sender and recipients and asks to send; null if the server is ready for the message.
    private Outcome.@Nullable Failed address(SmtpConnection connection, boolean first) throws IOException {
        return connection.extensions().has("PIPELINING") ? atOnce(connection, first) : inTurn(connection, first);
    }

    /// All commands together, as RFC 2920 allows where the server does. Replies wait in the buffers of the
    /// kernel: those to a hundred recipients fit.
    private Outcome.@Nullable Failed atOnce(SmtpConnection connection, boolean first) throws IOException {
        connection.wire().send(mail(connection) + String.join("", recipients()) + "DATA\r\n");
        Reply sender = reply(connection);
        requireNotStale(sender, first);
        if (sender.code() == CLOSING) {
            return refused(Step.MAIL, sender);
        }
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < message.recipients().size(); i++) {
            Reply reply = reply(connection);
            if (reply.code() == CLOSING) {
                // Nothing more is said.
                return refused(Step.RCPT, reply);
            }
            replies.add(reply);
        }
        Reply ready = reply(connection);
        Outcome.Failed obstacle = obstacle(sender, replies, ready);
        // A server that waits for a message now would take anything for one: only the end of the connection is none.
        spoiled = obstacle != null && ready.code() == START_INPUT;
        return obstacle;
    }

    private Outcome.@Nullable Failed inTurn(SmtpConnection connection, boolean first) throws IOException {
        connection.wire().send(mail(connection));
        Reply sender = reply(connection);
        requireNotStale(sender, first);
        if (!sender.isPositive()) {
            return refused(Step.MAIL, sender);
        }
        List<Reply> replies = new ArrayList<>();
        for (String recipient : recipients()) {
            connection.wire().send(recipient);
            Reply reply = reply(connection);
            if (reply.code() == CLOSING) {
                return refused(Step.RCPT, reply);
            }
            replies.add(reply);
        }
        Outcome.Failed obstacle = obstacle(sender, replies, null);
        if (obstacle != null) {
            return obstacle;
        }
        Reply ready = connection.ask("DATA", rules.timeouts().reply());
        return ready.code() == START_INPUT ? null : refused(Step.DATA, ready);
    }

    private List<String> recipients() {
        return message.recipients().stream()
                .map(one -> "RCPT TO:<" + one.address() + ">\r\n")
                .toList();
    }

    private Reply reply(SmtpConnection connection) throws IOException {
        return connection.read(rules.timeouts().reply());
    }

    /// What keeps the message from being sent; null if nothing does.
    ///
    /// @param ready the answer to `DATA`; null if it was not asked yet
    private Outcome.@Nullable Failed obstacle(Reply sender, List<Reply> replies, @Nullable Reply ready)
            throws MalformedReplyException {
        if (!sender.isPositive()) {
            return refused(Step.MAIL, sender);
        }
        Envelope envelope = Envelope.of(replies);
        facts = envelope.facts();
        Reply obstacle = envelope.obstacle(rules.onRefused(), rules.outcomes());
        if (obstacle != null) {
            return refused(Step.RCPT, obstacle);
        }
        return ready == null || ready.code() == START_INPUT ? null : refused(Step.DATA, ready);
    }

    /// A connection that was used before may have been told to end meanwhile: that says nothing of this
    /// message.
    private static void requireNotStale(Reply reply, boolean first) throws IOException {
        if (!first && reply.code() == CLOSING) {
            throw new IOException("the server ended the connection");
        }
    }

    private String mail(SmtpConnection connection) {
        StringBuilder command = new StringBuilder("MAIL FROM:<")
                .append(message.sender().address())
                .append('>');
        if (connection.extensions().has("SIZE")) {
            command.append(" SIZE=").append(message.size());
        }
        if (message.isUnicode()) {
            // Which a server with SMTPUTF8 has, too (RFC 6531, section 3.1).
            command.append(" BODY=8BITMIME SMTPUTF8");
        }
        return command.append("\r\n").toString();
    }

    private Outcome.Failed refused(Step step, Reply reply) throws MalformedReplyException {
        reply.requireRefusal();
        lastWord = reply;
        return rules.outcomes().refused(step, reply);
    }

    /// So that the next message does not begin in the middle of this one.
    private void reset(SmtpConnection connection) throws IOException {
        if (spoiled || (lastWord != null && lastWord.code() == CLOSING)) {
            return;
        }
        try {
            if (connection.ask("RSET", rules.timeouts().reply()).isPositive()) {
                return;
            }
        } catch (IOException e) {
            // It matters to this connection only: what is to be said of the message is known.
        }
        spoiled = true;
    }

    private Outcome transmit(SmtpConnection connection) throws IOException {
        progress.stage = Stage.SENDING;
        Wire wire = connection.wire();
        int length = message.length();
        for (int sent = 0; sent < length; sent += PIECE) {
            int piece = Math.min(PIECE, length - sent);
            if (sent + piece == length) {
                progress.stage = Stage.ANSWERING;
            }
            wire.send(message.wire(), sent, piece);
            progress.bytesSent = sent + (long) piece;
        }
        long waiting = System.nanoTime();
        // Servers look into a message before they answer, for minutes if need be (RFC 5321, section 4.5.3.2.6): to give
        // up
        // early would leave it unknown what becomes of it.
        Reply reply = wire.read(left());
        progress.clock.firstByte(waiting);
        if (reply.isPositive()) {
            lastWord = reply;
            return new Outcome.Delivered();
        }
        return refused(Step.MESSAGE, reply);
    }
}
