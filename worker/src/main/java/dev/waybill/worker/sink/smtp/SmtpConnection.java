package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.pool.Pooled;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One connection to a server, kept for several messages, one after the other.
final class SmtpConnection implements Pooled {

    /// Servers end idle connections without a word, or with a 421 that is easily missed; one used a moment
    /// ago is well.
    static final Duration ASK_WHEN_IDLE = Duration.ofSeconds(3);

    /// For the answer to `NOOP`: whoever needs longer is not worth waiting for.
    private static final Duration ASK_PATIENCE = Duration.ofSeconds(2);

    private final Socket plain;
    private final String remoteAddress;
    private Wire wire;
    private @Nullable SSLSession session;
    private Extensions extensions = Extensions.NONE;
    private @Nullable Refusal refusal;
    private int messages;
    private boolean between;

    /// A server that took the connection and nothing more.
    ///
    /// @param step  that it refused
    /// @param reply what it said; null if it lacks what is needed
    record Refusal(Step step, @Nullable Reply reply, Outcome.Failed outcome) {}

    SmtpConnection(Socket plain) throws IOException {
        this.plain = plain;
        this.remoteAddress = plain.getInetAddress().getHostAddress() + ":" + plain.getPort();
        this.wire = new Wire(plain);
    }

    String remoteAddress() {
        return remoteAddress;
    }

    /// Our own address, as a name to call ourselves by (RFC 5321, section 4.1.3).
    String localLiteral() {
        InetAddress local = plain.getLocalAddress();
        String address = local.getHostAddress();
        int scope = address.indexOf('%');
        String bare = scope < 0 ? address : address.substring(0, scope);
        return local instanceof Inet6Address ? "[IPv6:" + bare + "]" : "[" + bare + "]";
    }

    /// From now on everything goes by TLS, and what the server said before does not count.
    void secure(SSLSocket tls) throws IOException {
        session = tls.getSession();
        wire = new Wire(tls);
        extensions = Extensions.NONE;
    }

    @Nullable
    SSLSession session() {
        return session;
    }

    Extensions extensions() {
        return extensions;
    }

    void learn(Extensions offered) {
        extensions = offered;
    }

    void refuse(Refusal why) {
        refusal = why;
    }

    /// Why the connection is of no use; null if it is.
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    Wire wire() {
        return wire;
    }

    /// Sends a command and reads the answer.
    Reply ask(String command, Duration patience) throws IOException {
        between = false;
        wire.send(command + "\r\n");
        return read(patience);
    }

    /// Reads a whole reply: what came after a part of one would be taken for another.
    Reply read(Duration patience) throws IOException {
        Reply reply = wire.read(patience);
        if (!reply.complete()) {
            throw new MalformedReplyException("a reply that does not end");
        }
        return reply;
    }

    /// Nothing is under way: the next message may begin.
    void pause() {
        between = true;
    }

    /// A message is under way; says how many went before.
    int begin() {
        between = false;
        return messages++;
    }

    int messages() {
        return messages;
    }

    @Override
    public boolean isUsable(Duration idle) {
        try {
            if (wire.hasLeftover()) {
                return false;
            }
            if (idle.compareTo(ASK_WHEN_IDLE) < 0) {
                return true;
            }
            Reply reply = ask("NOOP", ASK_PATIENCE);
            between = true;
            return reply.isPositive();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void discard() {
        try (plain) {
            if (between) {
                // Only a farewell: nobody waits for the answer.
                wire.send("QUIT\r\n");
            } else {
                // Nothing that is left in between may still be sent.
                plain.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // It has ended already.
        }
    }
}
