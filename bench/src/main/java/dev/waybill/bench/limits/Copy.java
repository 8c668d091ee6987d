package dev.waybill.bench.limits;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/// The rows that a projector has made, put into empty tables by the fastest way there is.
final class Copy {

    /// One row of each for a delivery.
    private static final List<String> TABLES = List.of("deliveries", "delivery_logs", "delivery_attempts");

    /// What the others refer to; a few, and not timed.
    private static final String DESTINATIONS = "delivery_destinations";

    private final Path directory;

    private Copy(Path directory) {
        this.directory = directory;
    }

    /// Takes the rows out of a database.
    static Copy from(String jdbcUrl, Path directory) {
        Copy copy = new Copy(directory);
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            copy.out(connection, DESTINATIONS);
            for (String table : TABLES) {
                copy.out(connection, table);
            }
            return copy;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Puts the destinations of one database into another one that has none.
    static void destinations(String from, String to, Path directory) {
        Copy copy = new Copy(directory);
        try (Connection source = DriverManager.getConnection(from);
                Connection target = DriverManager.getConnection(to)) {
            copy.out(source, DESTINATIONS);
            copy.in(target, DESTINATIONS);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void out(Connection connection, String table) throws SQLException, IOException {
        try (OutputStream file = Files.newOutputStream(file(table))) {
            var _ = manager(connection).copyOut("copy (select * from " + table + ") to stdout (format binary)", file);
        }
    }

    /// Puts them into another one that has none.
    ///
    /// @return seconds
    double into(String jdbcUrl) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            in(connection, DESTINATIONS);
            long start = System.nanoTime();
            for (String table : TABLES) {
                in(connection, table);
            }
            return (System.nanoTime() - start) / 1e9;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void in(Connection connection, String table) throws SQLException, IOException {
        try (InputStream file = Files.newInputStream(file(table))) {
            var _ = manager(connection).copyIn("copy " + table + " from stdin (format binary)", file, 1 << 20);
        }
    }

    private Path file(String table) {
        return directory.resolve(table + ".copy");
    }

    private static CopyManager manager(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }
}
