package dev.waybill.bench.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Postfix's `smtp-sink`: takes messages and drops them.
public final class SinkServer implements AutoCloseable {

    private static final int BACKLOG = 256;
    private static final Duration STARTED_WITHIN = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Process process;
    private final int port;

    private SinkServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Where a program of Postfix is; empty if it is not installed.
    static Optional<String> program(String name) {
        return Stream.of("/usr/sbin", "/usr/bin", "/usr/local/sbin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    public static boolean isInstalled() {
        return program("smtp-sink").isPresent() && program("smtp-source").isPresent();
    }

    /// Starts it on a free port of this machine alone.
    public static SinkServer start() throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(program("smtp-sink").orElseThrow()));
        if ("root".equals(System.getProperty("user.name"))) {
            // It does not run as root.
            command.addAll(List.of("-u", "nobody"));
        }
        command.addAll(List.of("127.0.0.1:" + port, Integer.toString(BACKLOG)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        // Whatever ends this process ends that one.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        SinkServer server = new SinkServer(process, port);
        server.awaitStart();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private void awaitStart() throws IOException, InterruptedException {
        long end = System.nanoTime() + STARTED_WITHIN.toNanos();
        while (true) {
            try (Socket _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(LOOK_EVERY);
            }
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
