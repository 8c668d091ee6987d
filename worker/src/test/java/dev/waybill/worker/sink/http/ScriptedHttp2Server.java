package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.util.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/// A receiver that speaks HTTP/2 frame by frame and plays what it was told to, once for each request; it answers 204
/// otherwise. It acknowledges settings and pings, and gives credit for what it reads, unless told not to.
public final class ScriptedHttp2Server implements AutoCloseable {

    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int ACK = 1;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int PADDED = 8;

    private static final int PREFACE = 24;

    /// A frame as it arrived.
    public record Seen(int connection, int type, int flags, int stream, Bytes payload) {

        /// The number that a frame of four bytes carries.
        public int number() {
            return ByteBuffer.wrap(payload.array()).getInt();
        }
    }

    /// A request as it arrived.
    ///
    /// @param client the name that the client has shown; empty without one
    public record Received(int connection, int stream, Map<String, String> headers, Bytes body, String client) {}

    /// What to do with a request, on a thread of its own.
    @FunctionalInterface
    public interface Script {
        void play(Connection connection, int stream) throws IOException, InterruptedException;
    }

    private final SSLServerSocket listener;
    private final Queue<Script> onConnect = new ConcurrentLinkedQueue<>();
    private final Queue<Script> onHeaders = new ConcurrentLinkedQueue<>();
    private final Queue<Script> onRequest = new ConcurrentLinkedQueue<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile int[] settings = {};
    private volatile boolean givesCredit = true;
    private volatile boolean answersPings = true;

    private ScriptedHttp2Server(SSLServerSocket listener) {
        this.listener = listener;
        Thread.ofVirtual().start(this::accept);
    }

    public static ScriptedHttp2Server start() throws IOException {
        return start(TestCertificate.valid().context(), false);
    }

    /// One that asks its clients who they are, and takes nobody else.
    public static ScriptedHttp2Server startMutual(SSLContext context) throws IOException {
        return start(context, true);
    }

    private static ScriptedHttp2Server start(SSLContext context, boolean mutual) throws IOException {
        SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1"));
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        listener.setSSLParameters(parameters);
        listener.setNeedClientAuth(mutual);
        return new ScriptedHttp2Server(listener);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String url(String path) {
        return "https://127.0.0.1:" + port() + path;
    }

    /// The settings that connections begin with from now on, as ids and values in turn.
    public void settings(int... idsAndValues) {
        settings = idsAndValues;
    }

    public void giveNoCredit() {
        givesCredit = false;
    }

    public void answerNoPings() {
        answersPings = false;
    }

    /// What the next request meets when all of it has come; several are played in order.
    public void next(Script script) {
        onRequest.add(script);
    }

    /// What the next request meets as soon as its headers have come; nothing else happens to it.
    public void nextHeaders(Script script) {
        onHeaders.add(script);
    }

    /// What the next connection meets after the handshake, in place of the settings. (The stream is 0.)
    public void nextConnection(Script script) {
        onConnect.add(script);
    }

    public List<Received> received() {
        return received;
    }

    /// The frames of that type, in order.
    public List<Seen> seen(int type) {
        return seen.stream().filter(frame -> frame.type() == type).toList();
    }

    public int connections() {
        return accepted.get();
    }

    /// The connection that was accepted last.
    public Connection connection() {
        return connections.getLast();
    }

    public void dropConnections() {
        connections.forEach(Connection::drop);
    }

    public static Script answer(int status, String body, String... headers) {
        return (connection, stream) -> {
            connection.headers(stream, body.isEmpty(), status, headers);
            if (!body.isEmpty()) {
                connection.data(stream, true, body.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    public static Script hang() {
        return (connection, _) -> connection.hang();
    }

    public static Script drop() {
        return (connection, _) -> connection.drop();
    }

    /// A body that never ends, as fast as it is read.
    public static Script flood() {
        return (connection, stream) -> {
            connection.headers(stream, false, 200, "content-type", "text/plain");
            byte[] noise = "0123456789abcdef".repeat(256).getBytes(StandardCharsets.US_ASCII);
            while (connection.awaitWindow(stream, noise.length)) {
                connection.data(stream, false, noise);
            }
        };
    }

    /// A body of a thousand bytes, one every 20 ms.
    public static Script drip() {
        return (connection, stream) -> {
            connection.headers(stream, false, 200);
            for (int i = 0; i < 1_000 && !connection.isReset(stream); i++) {
                Thread.sleep(20);
                connection.data(stream, false, new byte[] {'x'});
            }
        };
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                int number = accepted.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket, number));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        Connection connection = new Connection(socket, number);
        connections.add(connection);
        try (socket) {
            Script first = onConnect.poll();
            if (first != null) {
                first.play(connection, 0);
            } else {
                connection.settings(settings);
            }
            connection.read();
        } catch (IOException | HttpException | InterruptedException e) {
            // The other side has ended it, or the test.
        } finally {
            connection.end();
        }
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        listener.close();
        dropConnections();
    }

    /// One connection as a script sees it.
    public final class Connection {

        private final Socket socket;
        private final int number;
        private final HPackEncoder encoder = new HPackEncoder(4_096, StandardCharsets.US_ASCII);
        private final HPackDecoder decoder = new HPackDecoder(4_096, StandardCharsets.US_ASCII);
        private final ByteArrayOutputStream block = new ByteArrayOutputStream();
        private final Map<Integer, Map<String, String>> heads = new HashMap<>();
        private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
        private final List<Integer> reset = new CopyOnWriteArrayList<>();
        private final Map<Integer, Integer> windows = new HashMap<>();
        private boolean ended;

        Connection(Socket socket, int number) {
            this.socket = socket;
            this.number = number;
            windows.put(0, 65_535);
        }

        /// Any frame at all.
        public synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
            frame.putInt(payload.length << 8 | type)
                    .put((byte) flags)
                    .putInt(stream)
                    .put(payload);
            socket.getOutputStream().write(frame.array());
        }

        public void settings(int... idsAndValues) throws IOException {
            ByteBuffer payload = ByteBuffer.allocate(idsAndValues.length * 3);
            for (int i = 0; i < idsAndValues.length; i += 2) {
                payload.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
            }
            frame(SETTINGS, 0, 0, payload.array());
        }

        public synchronized void headers(int stream, boolean last, int status, String... headers) throws IOException {
            byte[] packed = pack(status, headers);
            frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, packed);
        }

        /// A header block, to be sent at once.
        public synchronized byte[] pack(int status, String... headers) throws IOException {
            ByteArrayBuffer buffer = new ByteArrayBuffer(100);
            encoder.encodeHeader(buffer, ":status", Integer.toString(status), false);
            for (int i = 0; i < headers.length; i += 2) {
                encoder.encodeHeader(buffer, headers[i], headers[i + 1], false);
            }
            return buffer.toByteArray();
        }

        public void data(int stream, boolean last, byte[] bytes) throws IOException {
            frame(DATA, last ? END_STREAM : 0, stream, bytes);
        }

        public void reset(int stream, int code) throws IOException {
            frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(code).array());
        }

        public void goAway(int last, int code) throws IOException {
            frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(last).putInt(code).array());
        }

        public void credit(int stream, int more) throws IOException {
            frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(more).array());
        }

        /// Does nothing until the server is closed.
        public void hang() throws InterruptedException {
            closing.await();
        }

        public void drop() {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed.
            }
        }

        boolean isReset(int stream) {
            return reset.contains(stream);
        }

        /// Waits until the client takes so much; false if it takes no more at all.
        synchronized boolean awaitWindow(int stream, int length) throws InterruptedException {
            while (windows.getOrDefault(0, 0) < length || windows.getOrDefault(stream, 65_536) < length) {
                if (ended || isReset(stream)) {
                    return false;
                }
                wait();
            }
            windows.merge(0, -length, Integer::sum);
            windows.put(stream, windows.getOrDefault(stream, 65_536) - length);
            return !ended && !isReset(stream);
        }

        synchronized void end() {
            ended = true;
            notifyAll();
        }

        void read() throws IOException, HttpException {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.skipNBytes(PREFACE);
            while (true) {
                int lengthAndType;
                try {
                    lengthAndType = in.readInt();
                } catch (EOFException e) {
                    return;
                }
                int flags = in.read();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(lengthAndType >>> 8);
                Seen frame = new Seen(number, lengthAndType & 0xff, flags, stream, Bytes.of(payload));
                seen.add(frame);
                handle(frame);
            }
        }

        private void handle(Seen frame) throws IOException, HttpException {
            boolean last = (frame.flags() & END_STREAM) != 0;
            switch (frame.type()) {
                case HEADERS, CONTINUATION -> {
                    block.write(frame.payload().array());
                    if ((frame.flags() & END_HEADERS) != 0) {
                        head(frame.stream());
                    }
                    if (last && frame.type() == HEADERS) {
                        complete(frame.stream());
                    }
                }
                case DATA -> data(frame, last);
                case SETTINGS -> {
                    if ((frame.flags() & ACK) == 0) {
                        frame(SETTINGS, ACK, 0, new byte[0]);
                    }
                }
                case PING -> {
                    if ((frame.flags() & ACK) == 0 && answersPings) {
                        frame(PING, ACK, 0, frame.payload().array());
                    }
                }
                case RST_STREAM -> {
                    reset.add(frame.stream());
                    wake();
                }
                case WINDOW_UPDATE -> allowed(frame.stream(), frame.number());
                default -> {
                    // Of no interest.
                }
            }
        }

        private synchronized void wake() {
            notifyAll();
        }

        private synchronized void allowed(int stream, int more) {
            windows.put(stream, windows.getOrDefault(stream, 65_536) + more);
            notifyAll();
        }

        private void head(int stream) throws HttpException {
            Map<String, String> headers = new LinkedHashMap<>();
            for (Header header : decoder.decodeHeaders(ByteBuffer.wrap(block.toByteArray()))) {
                headers.merge(header.getName(), header.getValue(), (a, b) -> a + "\n" + b);
            }
            block.reset();
            heads.put(stream, headers);
            bodies.put(stream, new ByteArrayOutputStream());
            play(onHeaders.poll(), stream);
        }

        private void data(Seen frame, boolean last) throws IOException {
            bodies.getOrDefault(frame.stream(), new ByteArrayOutputStream())
                    .write(frame.payload().array());
            if (frame.payload().size() > 0 && givesCredit) {
                credit(0, frame.payload().size());
                if (!last) {
                    credit(frame.stream(), frame.payload().size());
                }
            }
            if (last) {
                complete(frame.stream());
            }
        }

        private String client() throws SSLPeerUnverifiedException {
            return socket instanceof SSLSocket tls && tls.getNeedClientAuth()
                    ? tls.getSession().getPeerPrincipal().getName()
                    : "";
        }

        private void complete(int stream) throws IOException {
            received.add(new Received(
                    number,
                    stream,
                    heads.getOrDefault(stream, Map.of()),
                    Bytes.of(bodies.getOrDefault(stream, new ByteArrayOutputStream())
                            .toByteArray()),
                    client()));
            Script script = onRequest.poll();
            play(script == null ? answer(204, "") : script, stream);
        }

        private void play(@Nullable Script script, int stream) {
            if (script != null) {
                Thread.ofVirtual().start(() -> {
                    try {
                        script.play(this, stream);
                    } catch (IOException | InterruptedException e) {
                        // The other side has ended it, or the test.
                    }
                });
            }
        }
    }
}
