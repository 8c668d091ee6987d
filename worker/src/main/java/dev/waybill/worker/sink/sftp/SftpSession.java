package dev.waybill.worker.sink.sftp;

import dev.waybill.worker.pool.Shareable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/// A session that is logged in, with the channels that were opened on it. A channel costs a start of the
/// server's program, some forty milliseconds, so they are kept; one at a time has each.
final class SftpSession implements Shareable {

    /// The version that all servers speak; what later ones add, OpenSSH does by extensions.
    private static final SftpVersionSelector VERSION_3 =
            SftpVersionSelector.fixedVersionSelector(SftpConstants.SFTP_V3);

    private final ClientSession session;
    private final String hostKey;
    private final ConcurrentLinkedDeque<AbstractSftpClient> free = new ConcurrentLinkedDeque<>();
    /// Channels there are.
    private final AtomicInteger open = new AtomicInteger();
    /// Channels that somebody is opening.
    private final AtomicInteger opening = new AtomicInteger();
    private final AtomicInteger capacity;
    private volatile boolean retired;

    /// @param hostKey type and fingerprint of the key the server showed
    SftpSession(ClientSession session, String hostKey, int capacity) {
        this.session = session;
        this.hostKey = hostKey;
        this.capacity = new AtomicInteger(capacity);
    }

    ClientSession session() {
        return session;
    }

    String hostKey() {
        return hostKey;
    }

    /// A channel nobody else has.
    ///
    /// @throws IOException if the server opens no other one, or the connection failed
    AbstractSftpClient channel() throws IOException {
        for (AbstractSftpClient kept = free.pollFirst(); kept != null; kept = free.pollFirst()) {
            if (kept.isOpen()) {
                return kept;
            }
            open.decrementAndGet();
        }
        opening.incrementAndGet();
        try {
            SftpClient made = SftpClientFactory.instance().createSftpClient(session, VERSION_3);
            if (made instanceof AbstractSftpClient client) {
                open.incrementAndGet();
                return client;
            }
            throw new IOException("no client of MINA's own");
        } finally {
            opening.decrementAndGet();
        }
    }

    void giveBack(AbstractSftpClient channel) {
        if (channel.isOpen() && session.isOpen()) {
            free.addFirst(channel);
        } else {
            drop(channel);
        }
    }

    /// Ends a channel at once.
    void drop(AbstractSftpClient channel) {
        open.decrementAndGet();
        var _ = channel.getClientChannel().close(true);
    }

    /// The server opens no more channels than there are. It is not asked for more.
    ///
    /// @return whether there are any, or may be soon
    boolean isFull() {
        int now = open.get();
        boolean full = now + opening.get() > 0;
        if (full) {
            capacity.accumulateAndGet(Math.max(1, now), Math::min);
        }
        return full;
    }

    @Override
    public int capacity() {
        return isOver() ? 0 : capacity.get();
    }

    /// Nobody new gets it; it ends with the last who has a part of it.
    void retire() {
        retired = true;
    }

    @Override
    public boolean isOver() {
        return retired || !session.isOpen();
    }

    /// The session's own heartbeat looks after it.
    @Override
    public void tend() {}

    /// The end of a session is noticed when it comes, by the threads that read.
    @Override
    public boolean isUsable(Duration idle) {
        return !isOver();
    }

    @Override
    public void discard() {
        var _ = session.close(true);
    }

    @Nullable
    String remoteAddress() {
        return session.getRemoteAddress() instanceof java.net.InetSocketAddress address
                ? address.getAddress().getHostAddress() + ":" + address.getPort()
                : null;
    }
}
