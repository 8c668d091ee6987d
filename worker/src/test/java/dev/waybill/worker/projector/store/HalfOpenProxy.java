package dev.waybill.worker.projector.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Passes connections on, and can lose those it has: they stay open and nothing comes through any more, as after the
/// other machine was switched off.
final class HalfOpenProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final List<Line> lines = new CopyOnWriteArrayList<>();

    HalfOpenProxy(int target) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// Loses all connections there are; new ones work.
    void lose() {
        lines.forEach(line -> line.lost = true);
    }

    private void accept() {
        try {
            while (true) {
                Line line = new Line(listener.accept(), new Socket(InetAddress.ofLiteral("127.0.0.1"), target));
                lines.add(line);
                Thread.ofVirtual().start(() -> line.pass(line.client, line.server));
                Thread.ofVirtual().start(() -> line.pass(line.server, line.client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Line line : lines) {
            line.client.close();
            line.server.close();
        }
    }

    private static final class Line {

        private final Socket client;
        private final Socket server;
        private volatile boolean lost;

        Line(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pass(Socket from, Socket to) {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] bytes = new byte[8_192];
                for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                    if (!lost) {
                        out.write(bytes, 0, read);
                    }
                }
            } catch (IOException e) {
                // One side has ended it.
            }
        }
    }
}
