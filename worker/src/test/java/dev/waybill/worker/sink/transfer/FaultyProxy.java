package dev.waybill.worker.sink.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Passes connections on to a server, and can swallow what they carry, cut them, or cut one in the middle.
public final class FaultyProxy implements AutoCloseable {

    private static final int BUFFER = 8 * 1024;

    private final ServerSocket listener;
    private final int target;
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final AtomicInteger hanging = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong cutAfter = new AtomicLong(Long.MAX_VALUE);

    private FaultyProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    public static FaultyProxy to(int target) throws IOException {
        FaultyProxy proxy = new FaultyProxy(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), target);
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// Connections that were made so far.
    public int accepted() {
        return accepted.get();
    }

    /// Nothing comes through any more on the connections there are, nor on the next one.
    public void hang() {
        hanging.incrementAndGet();
        lines.forEach(line -> line.lost = true);
    }

    /// Ends the connections there are.
    public void cut() {
        lines.forEach(Line::close);
    }

    /// Ends the connections there are, and so many that come next.
    public void cut(int next) {
        refused.addAndGet(next);
        cut();
    }

    /// Ends a connection when clients have sent so much, all together and from now on; those after it work.
    public void cutAfter(long bytes) {
        cutAfter.set(bytes);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                if (refused.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                    client.close();
                    continue;
                }
                Line line = new Line(client, new Socket(InetAddress.ofLiteral("127.0.0.1"), target));
                line.lost = hanging.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
                lines.add(line);
                Thread.ofVirtual().start(() -> line.pass(line.client, line.server, true));
                Thread.ofVirtual().start(() -> line.pass(line.server, line.client, false));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }

    private final class Line {

        private final Socket client;
        private final Socket server;
        private volatile boolean lost;

        private Line(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private void pass(Socket from, Socket to, boolean counted) {
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (counted && cutAfter.addAndGet(-n) < 0) {
                        cutAfter.set(Long.MAX_VALUE);
                        break;
                    }
                    if (!lost) {
                        out.write(buffer, 0, n);
                    }
                }
            } catch (IOException e) {
                // One of the two is gone.
            } finally {
                if (!lost) {
                    close();
                }
            }
        }

        private void close() {
            try (client;
                    server) {
                // Both.
            } catch (IOException e) {
                // Gone already.
            }
        }
    }
}
