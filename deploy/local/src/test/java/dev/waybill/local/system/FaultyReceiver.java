package dev.waybill.local.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A receiver on a port of its own that fails in one way while it is told to, down to the connection, and otherwise
/// takes webhooks. What it does not answer in full it has not taken.
final class FaultyReceiver implements AutoCloseable {

    /// In which way it fails.
    enum Fault {
        /// It says that it cannot.
        ERROR,
        /// It asks for less, and says when to come again.
        THROTTLE,
        /// It takes the request and never answers.
        HANG,
        /// It answers a byte at a time, and never comes to the end of the head.
        DRIP,
        /// It resets the connection in the middle of a request.
        RESET,
        /// Nobody listens.
        REFUSE,
        /// It is gone for good.
        GONE
    }

    /// Slower than anybody waits for a whole answer.
    private static final long DRIP_MILLIS = 100;

    private static final int LINE_MAX = 8_192;

    private final Fault kind;
    private final int port;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Map<String, List<Long>> receipts = new ConcurrentHashMap<>();
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    /// Holds the port while nobody listens.
    private @Nullable Socket holder;

    private volatile boolean failing;

    FaultyReceiver(Fault kind) {
        this.kind = kind;
        this.port = listen(0);
    }

    String url() {
        return "http://127.0.0.1:" + port + "/hook";
    }

    /// Epoch milliseconds of each receipt, by delivery id.
    Map<String, List<Long>> receipts() {
        return receipts;
    }

    synchronized void fail() throws IOException, InterruptedException {
        failing = true;
        if (kind == Fault.REFUSE && listener != null) {
            listener.close();
            listener = null;
            if (acceptor != null) {
                // The port is not free before it has left.
                acceptor.join();
            }
            closeConnections();
            holder = new Socket();
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        }
    }

    /// Works again. Whoever was kept waiting is let go without an answer.
    synchronized void mend() throws IOException {
        failing = false;
        if (holder != null) {
            holder.close();
            holder = null;
            int _ = listen(port);
        }
        closeConnections();
    }

    private int listen(int at) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), at), 500);
            listener = socket;
            acceptor = Thread.ofVirtual().start(() -> accept(socket));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket socket = from.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Nobody listens any more.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (receive(in, socket)) {}
        } catch (IOException e) {
            // The sender has hung up, or the receiver was mended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(socket);
        }
    }

    /// @return whether there may be another request on the connection
    private boolean receive(InputStream in, Socket socket) throws IOException, InterruptedException {
        String id = "";
        int length = 0;
        String line = line(in);
        if (line.isEmpty()) {
            return false;
        }
        while (!line.isEmpty()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("webhook-id:")) {
                id = line.substring(line.indexOf(':') + 1).strip();
            } else if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
            line = line(in);
        }
        if (failing && kind == Fault.RESET) {
            socket.setSoLinger(true, 0);
            return false;
        }
        in.readNBytes(length);
        OutputStream out = socket.getOutputStream();
        if (failing) {
            fail(out);
        } else {
            // A connection test asks without a delivery, and counts for none.
            if (!id.isEmpty()) {
                receipts.computeIfAbsent(id, _ -> new CopyOnWriteArrayList<>()).add(System.currentTimeMillis());
            }
            answer(out, "204 No Content", "");
        }
        return true;
    }

    private void fail(OutputStream out) throws IOException, InterruptedException {
        switch (kind) {
            case ERROR -> answer(out, "503 Service Unavailable", "Content-Length: 0\r\n");
            case THROTTLE -> answer(out, "429 Too Many Requests", "Retry-After: 1\r\nContent-Length: 0\r\n");
            case GONE -> answer(out, "410 Gone", "Content-Length: 0\r\n");
            case DRIP -> {
                out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    out.write(' ');
                    out.flush();
                    Thread.sleep(DRIP_MILLIS);
                }
            }
            // Until the connection is closed: sleeping tells nobody, so it is looked at now and then.
            case HANG -> {
                while (failing) {
                    Thread.sleep(DRIP_MILLIS);
                }
                throw new IOException("no answer was given");
            }
            case RESET, REFUSE -> throw new IOException("a connection that should not be there");
        }
    }

    private static void answer(OutputStream out, String status, String headers) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\n" + headers + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n' && line.length() < LINE_MAX; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private void closeConnections() throws IOException {
        for (Socket socket : connections) {
            socket.close();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        failing = false;
        if (listener != null) {
            listener.close();
        }
        if (holder != null) {
            holder.close();
        }
        closeConnections();
    }
}
