package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.Bytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A receiver on a bare socket that plays what it was told to, once for each request, and answers 204
/// otherwise.
public final class ScriptedHttpServer implements AutoCloseable {

    /// A request as it arrived.
    ///
    /// @param headers by lower-case name
    public record Received(String method, String path, Map<String, String> headers, Bytes body) {}

    /// What to do with a request, or with a connection before its request was read.
    @FunctionalInterface
    public interface Script {
        /// Plays on a connection.
        ///
        /// @return whether the connection stays open
        boolean play(Connection connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final Queue<Script> onConnect = new ConcurrentLinkedQueue<>();
    private final Queue<Script> onRequest = new ConcurrentLinkedQueue<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> clients = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);

    private ScriptedHttpServer(ServerSocket listener) {
        this.listener = listener;
        Thread.ofVirtual().start(this::accept);
    }

    public static ScriptedHttpServer start() throws IOException {
        return new ScriptedHttpServer(new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1")));
    }

    public static ScriptedHttpServer startTls(SSLContext context) throws IOException {
        return new ScriptedHttpServer(
                context.getServerSocketFactory().createServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1")));
    }

    /// One that asks its clients who they are, and takes nobody else.
    public static ScriptedHttpServer startMutual(SSLContext context, String protocol) throws IOException {
        SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1"));
        listener.setNeedClientAuth(true);
        listener.setEnabledProtocols(new String[] {protocol});
        return new ScriptedHttpServer(listener);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// The names that clients have shown, one for each request.
    public List<String> clients() {
        return clients;
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /// What the next request meets; several are played in order.
    public void next(Script script) {
        onRequest.add(script);
    }

    /// What the next connection meets, before its first request is read.
    public void nextConnection(Script script) {
        onConnect.add(script);
    }

    public List<Received> received() {
        return received;
    }

    public int connections() {
        return connections.get();
    }

    /// Ends all connections from this side, as a restart would.
    public void dropConnections() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /// An answer with a status line, headers and a body.
    public static Script answer(int status, String headers, String body) {
        return connection -> {
            connection.send("HTTP/1.1 " + status + " Scripted\r\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length + "\r\n" + headers + "\r\n" + body);
            return true;
        };
    }

    public static Script answer(int status) {
        return answer(status, "", "");
    }

    /// Whatever bytes, then the end of the connection.
    public static Script raw(String text) {
        return connection -> {
            connection.send(text);
            return false;
        };
    }

    public static Script hang() {
        return connection -> {
            connection.hang();
            return false;
        };
    }

    public static Script reset() {
        return connection -> {
            connection.socket.setSoLinger(true, 0);
            return false;
        };
    }

    /// A body that never ends, as fast as it is read.
    public static Script flood() {
        return connection -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
            byte[] noise = "0123456789abcdef".repeat(256).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                connection.out.write(noise);
            }
        };
    }

    /// A body of a thousand bytes, one every 20 ms.
    public static Script drip(String head) {
        return connection -> {
            connection.send(head);
            for (int i = 0; i < 1_000; i++) {
                Thread.sleep(20);
                connection.send("x");
            }
            return false;
        };
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Script first = onConnect.poll();
            Connection connection = new Connection(socket);
            if (first != null && !first.play(connection)) {
                return;
            }
            boolean open = true;
            while (open) {
                Received request = connection.read();
                if (request == null) {
                    return;
                }
                received.add(request);
                if (socket instanceof SSLSocket tls && tls.getNeedClientAuth()) {
                    clients.add(tls.getSession().getPeerPrincipal().getName());
                }
                Script script = onRequest.poll();
                open = (script == null ? answer(204) : script).play(connection);
            }
        } catch (IOException | InterruptedException e) {
            // The other side has ended it, or the test.
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
        private final InputStream in;
        private final OutputStream out;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        public void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /// Does nothing until the server is closed.
        public void hang() throws InterruptedException {
            closing.await();
        }

        @Nullable
        Received read() throws IOException {
            Queue<String> lines = head();
            String start = lines.poll();
            if (start == null) {
                return null;
            }
            String[] parts = start.split(" ", -1);
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line : lines) {
                int colon = line.indexOf(':');
                headers.merge(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip(),
                        (a, b) -> a + "\n" + b);
            }
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            byte[] body = in.readNBytes(length);
            return body.length < length ? null : new Received(parts[0], parts[1], headers, Bytes.of(body));
        }

        private Queue<String> head() throws IOException {
            Queue<String> lines = new ArrayDeque<>();
            List<Byte> line = new ArrayList<>();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c != '\n') {
                    line.add((byte) c);
                    continue;
                }
                byte[] bytes = new byte[line.size()];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = line.get(i);
                }
                String text = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
                if (text.isEmpty()) {
                    return lines;
                }
                lines.add(text);
                line.clear();
            }
            return new ArrayDeque<>();
        }
    }
}
