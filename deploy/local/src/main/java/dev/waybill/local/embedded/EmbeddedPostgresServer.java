package dev.waybill.local.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real Postgres with its data in one directory, durable and reachable on loopback only. It starts as root, too, and
/// takes over from one that a killed process left running.
public final class EmbeddedPostgresServer implements AutoCloseable {

    public static final String USER = "postgres";
    public static final String DATABASE = "postgres";

    /// A cold start takes 2 to 4 s, recovery after a crash a little more.
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private @Nullable EmbeddedPostgres server;

    private EmbeddedPostgresServer(Path directory, int port) {
        this.directory = directory;
        this.port = LoopbackPorts.choose(port);
    }

    /// Returns when clients can connect.
    ///
    /// @param port 0 for any free one
    public static EmbeddedPostgresServer start(Path directory, int port) {
        var postgres = new EmbeddedPostgresServer(directory.toAbsolutePath().normalize(), port);
        postgres.start();
        return postgres;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
    }

    public String r2dbcUrl() {
        return r2dbcUrl(DATABASE);
    }

    public String r2dbcUrl(String database) {
        return "r2dbc:postgresql://" + USER + "@127.0.0.1:" + port + "/" + database;
    }

    public synchronized void start() {
        if (server != null) {
            return;
        }
        Path data = directory.resolve("data");
        Path complete = directory.resolve("initialized");
        try {
            Files.createDirectories(directory);
            OrphanedPostmaster.of(data).ifPresent(OrphanedPostmaster::stop);
            if (!Files.exists(complete)) {
                delete(data); // an initialization that was cut off; nobody has ever used it
            }
            server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setOverrideWorkingDirectory(binaries().toFile())
                    .setPort(port)
                    .setPGStartupWait(START_TIMEOUT)
                    .setRegisterShutdownHook(false)
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .start();
            Files.writeString(complete, "");
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException(
                    "Postgres does not start on 127.0.0.1:" + port + " with " + directory + ": " + e.getMessage(), e);
        }
    }

    public synchronized void stop() {
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }

    /// Unpacked once per user, where nobody else can write: a folder shared by all users could be filled by
    /// somebody else, and would belong to whoever came first. (Zonky opens the innermost folder to
    /// everybody.)
    private Path binaries() throws IOException {
        Path home = Path.of(System.getProperty("user.home"));
        Path closed = home.isAbsolute() && Files.isWritable(home)
                ? home.resolve(".cache").resolve("waybill")
                : directory.resolve("binaries");
        Files.createDirectories(closed);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        return Files.createDirectories(closed.resolve("postgres"));
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
}
