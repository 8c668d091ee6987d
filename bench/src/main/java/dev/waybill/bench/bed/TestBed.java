package dev.waybill.bench.bed;

import dev.waybill.bench.receiver.Receiver;
import dev.waybill.local.embedded.EmbeddedPostgresServer;
import dev.waybill.local.embedded.registry.EmbeddedRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Broker, registry, Postgres and receiver on this machine: the first and the last two in processes of their own. All
/// systems that are compared in a run share it.
public final class TestBed implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("^ready (\\S+)$", Pattern.MULTILINE);

    /// As many as a customer base of some size has; each is a pool of connections at the client.
    private static final int HOSTS = 20;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path directory;
    private final ForkedJvm broker;
    private final ForkedJvm receiver;
    private final String bootstrapServers;
    private final EmbeddedRegistry registry;
    private final EmbeddedPostgresServer postgres;
    private final List<String> hosts;

    private TestBed(Path directory) {
        this.directory = directory;
        try {
            broker = own(ForkedJvm.start(
                    "broker",
                    directory,
                    BrokerProcess.class,
                    directory.resolve("kafka").toString()));
            receiver = own(ForkedJvm.start(
                    "receiver", directory, Receiver.class, receipts().toString(), String.valueOf(HOSTS)));
            postgres = own(EmbeddedPostgresServer.start(directory.resolve("postgres"), 0));
            configurePostgres();
            bootstrapServers = broker.await(READY).group(1);
            registry = own(EmbeddedRegistry.start(bootstrapServers, 0));
            hosts = Arrays.stream(receiver.await(READY).group(1).split(","))
                    .map(port -> "http://127.0.0.1:" + port)
                    .toList();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Starts all parts in a folder, which is emptied before.
    public static TestBed start(Path directory) {
        try {
            delete(directory);
            Path folder = Files.createDirectories(directory).toAbsolutePath();
            Files.createDirectories(folder.resolve("receipts"));
            return new TestBed(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /// The memory that the manual advises for a server of the size, instead of the 128 MiB of a fresh installation,
    /// and no checkpoint in the middle of a measurement.
    ///
    /// When a row was committed is asked afterwards: it shows how long it took without anybody watching the tables.
    private void configurePostgres() {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set shared_buffers = '2GB'");
            statement.execute("alter system set max_wal_size = '8GB'");
            statement.execute("alter system set checkpoint_timeout = '15min'");
            statement.execute("alter system set track_commit_timestamp = on");
        } catch (SQLException e) {
            throw new IllegalStateException("Postgres cannot be prepared", e);
        }
        postgres.stop();
        postgres.start();
    }

    /// An empty database.
    ///
    /// @return its JDBC URL
    public String createDatabase(String name) {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("create database \"" + name + "\"");
            return postgres.jdbcUrl(name);
        } catch (SQLException e) {
            throw new IllegalStateException("the database " + name + " cannot be made", e);
        }
    }

    /// A database with these tables.
    ///
    /// @return its JDBC URL
    public String createDatabase(String name, String tables) {
        String url = createDatabase(name);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(tables);
            return url;
        } catch (SQLException e) {
            throw new IllegalStateException("the tables of " + name + " cannot be made", e);
        }
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public String registryUrl() {
        return registry.url();
    }

    /// URLs of the receiver, each to be taken for another host.
    public List<String> hosts() {
        return hosts;
    }

    /// Where the receiver books.
    public Path receipts() {
        return directory.resolve("receipts");
    }

    public Path directory() {
        return directory;
    }

    /// The CPU of what all systems share.
    public CpuMeter cpu() {
        return new CpuMeter()
                .with("broker", broker.handle())
                .with("receiver", receiver.handle())
                .with("postgres", postgresProcess())
                .with("load", ProcessHandle.current());
    }

    private ProcessHandle postgresProcess() {
        Path file = directory.resolve("postgres").resolve("data").resolve("postmaster.pid");
        try (var lines = Files.lines(file)) {
            long pid = Long.parseLong(lines.findFirst().orElseThrow().strip());
            return ProcessHandle.of(pid).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        parts.push(part);
        return part;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                System.err.println("a part of the test bed did not stop cleanly: " + e);
            }
        }
    }
}
