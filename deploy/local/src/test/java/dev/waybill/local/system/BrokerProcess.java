package dev.waybill.local.system;

import dev.waybill.local.embedded.EmbeddedBroker;
import dev.waybill.local.fixture.Backend;
import dev.waybill.local.fixture.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A broker in a process of its own, so that it can fall silent: everybody stays connected, and nobody gets an answer.
/// Registry and Postgres are those of another backend.
final class BrokerProcess implements Backend {

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(40);

    private final Backend others;
    private final Path directory;
    private final int port;
    private @Nullable Process process;

    BrokerProcess(Backend others, Path directory) {
        this.others = others;
        this.directory = directory.toAbsolutePath();
        try {
            Files.createDirectories(this.directory);
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Not even a test that is broken off leaves it behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running().destroyForcibly()));
        startBroker();
    }

    /// Runs until it is ended.
    ///
    /// @param args directory and port
    public static void main(String[] args) throws InterruptedException {
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        new CountDownLatch(1).await();
    }

    @Override
    public void startBroker() {
        try {
            process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BrokerProcess.class.getName(),
                            directory.resolve("kafka").toString(),
                            Integer.toString(port)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("broker.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await()
                .alias("a broker that answers; its log is in " + directory)
                .atMost(START_MAX)
                .pollInterval(Duration.ofMillis(200))
                .failFast("the broker ended", () -> !running().isAlive())
                .until(this::answers);
    }

    private boolean answers() {
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers",
                bootstrapServers(),
                "default.api.timeout.ms",
                2_000,
                "request.timeout.ms",
                1_000))) {
            return !admin.describeCluster().nodes().get(2, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("the broker does not run");
        }
        return process;
    }

    @Override
    public void stopBroker() {
        running().destroy();
        awaitEnd();
    }

    /// Says nothing for so long.
    void fallSilent(Duration time) throws IOException, InterruptedException {
        signal("STOP");
        try {
            Thread.sleep(time);
        } finally {
            signal("CONT");
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(running().pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("the broker cannot be sent SIG" + name);
        }
    }

    private void awaitEnd() {
        try {
            if (!running().waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
                running().destroyForcibly();
                throw new AssertionError("the broker did not stop within " + STOP_MAX + "; its log is in " + directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public String registryUrl() {
        return others.registryUrl();
    }

    @Override
    public String jdbcUrl() {
        return others.jdbcUrl();
    }

    @Override
    public String r2dbcUrl() {
        return others.r2dbcUrl();
    }

    @Override
    public Database createDatabase(String name) {
        return others.createDatabase(name);
    }

    @Override
    public void stopPostgres() {
        others.stopPostgres();
    }

    @Override
    public void startPostgres() {
        others.startPostgres();
    }

    @Override
    public void stopRegistry() {
        others.stopRegistry();
    }

    @Override
    public void startRegistry() {
        others.startRegistry();
    }

    @Override
    public void close() {
        running().destroyForcibly();
        awaitEnd();
    }
}
