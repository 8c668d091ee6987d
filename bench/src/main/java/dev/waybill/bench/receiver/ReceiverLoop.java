package dev.waybill.bench.receiver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// One thread that accepts, reads and answers. Several may listen to the same ports.
final class ReceiverLoop implements Runnable {

    private static final byte[] ACCEPTED = ascii("HTTP/1.1 204 No Content\r\n\r\n");
    private static final byte[] UNAVAILABLE = ascii("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] ERROR = ascii("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] DRIPPING = ascii("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    private static final byte[] DROP = ascii(".");
    private static final long DRIP_NANOS = 1_000_000_000L;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(long at, Connection connection, byte[] bytes, boolean dripping) {}

    private final Selector selector;
    private final Ledger ledger;
    private final Map<String, Behaviour> behaviours = new HashMap<>();
    private final PriorityQueue<Answer> later = new PriorityQueue<>(Comparator.comparingLong(Answer::at));

    ReceiverLoop(Ledger ledger) throws IOException {
        this.selector = Selector.open();
        this.ledger = ledger;
    }

    void listen(ServerSocketChannel server) throws IOException {
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                selector.select(this::ready, timeoutMillis());
                answerDue();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the receiver cannot go on", e);
        }
    }

    private long timeoutMillis() {
        Answer next = later.peek();
        return next == null ? 0 : Math.max(1, Math.ceilDiv(next.at() - System.nanoTime(), 1_000_000L));
    }

    private void answerDue() {
        for (Answer next = later.peek(); next != null && next.at() - System.nanoTime() <= 0; next = later.peek()) {
            Answer due = later.remove();
            if (due.connection().write(due.bytes()) && due.dripping()) {
                drip(due.connection());
            }
        }
    }

    private void drip(Connection connection) {
        later.add(new Answer(System.nanoTime() + DRIP_NANOS, connection, DROP, true));
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept((ServerSocketChannel) key.channel());
            } else if (key.attachment() instanceof Connection connection) {
                read(connection);
            }
        } catch (IOException | CancelledKeyException e) {
            // The client has gone; it counts what it needs to.
            if (key.attachment() instanceof Connection connection) {
                connection.close();
            }
        }
    }

    private void accept(ServerSocketChannel server) throws IOException {
        SocketChannel channel = server.accept();
        if (channel == null) {
            // Another loop was faster.
            return;
        }
        channel.configureBlocking(false);
        channel.socket().setTcpNoDelay(true);
        channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
    }

    private void read(Connection connection) throws IOException {
        if (!connection.fill()) {
            connection.close();
            return;
        }
        for (Request request = connection.next(); request != null; request = connection.next()) {
            Behaviour behaviour = behaviours.computeIfAbsent(request.path(), Behaviour::of);
            switch (behaviour) {
                case Behaviour.Accept(int latency, int failing) -> {
                    byte[] answer = ledger.accepts(request.id(), failing) ? ACCEPTED : UNAVAILABLE;
                    if (latency == 0) {
                        connection.write(answer);
                    } else {
                        later.add(new Answer(System.nanoTime() + latency * 1_000_000L, connection, answer, false));
                    }
                }
                case Behaviour.Hang() -> ledger.refuse(request.id());
                case Behaviour.Drip() -> {
                    ledger.refuse(request.id());
                    connection.write(DRIPPING);
                    drip(connection);
                }
                case Behaviour.Refuse() -> {
                    ledger.refuse(request.id());
                    connection.write(ERROR);
                }
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// One client's connection. Answers are small: a socket takes them whole, or its client does not read.
    private static final class Connection {

        /// A request of 1 KiB with its headers, several times over; larger ones make it grow.
        private static final int BUFFER = 8 << 10;

        private final SocketChannel channel;
        private byte[] bytes = new byte[BUFFER];
        private int length;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        /// False at the end of the stream.
        boolean fill() throws IOException {
            if (length == bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, 2 * bytes.length);
            }
            int read = channel.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
            length += Math.max(0, read);
            return read >= 0;
        }

        @Nullable
        Request next() {
            Request request = length == 0 ? null : Request.parse(bytes, length);
            if (request != null) {
                System.arraycopy(bytes, request.end(), bytes, 0, length - request.end());
                length -= request.end();
            }
            return request;
        }

        /// False once the client has gone.
        boolean write(byte[] answer) {
            try {
                return channel.write(ByteBuffer.wrap(answer)) == answer.length;
            } catch (IOException e) {
                close();
                return false;
            }
        }

        void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // It is of no use any more.
            }
        }
    }
}
