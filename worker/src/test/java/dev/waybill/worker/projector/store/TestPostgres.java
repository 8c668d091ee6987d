package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A real Postgres, one for all tests of this JVM, in which each test class has a database of its own.
public final class TestPostgres {

    public static final String USER = "postgres";
    public static final String PASSWORD = "postgres";

    private static final class Server {

        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                // Closed by the JVM's shutdown hook that it installs itself.
                return EmbeddedPostgres.builder().start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final String url;

    private TestPostgres(String url) {
        this.url = url;
    }

    public static TestPostgres empty(String database) {
        try (Connection connection = connect(Server.INSTANCE.getJdbcUrl(USER, "postgres"))) {
            connection.createStatement().execute("create database " + database);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new TestPostgres("jdbc:postgresql://localhost:" + Server.INSTANCE.getPort() + "/" + database);
    }

    public static TestPostgres migrated(String database) {
        TestPostgres postgres = empty(database);
        Migrations.of(postgres.url(), USER, PASSWORD).migrate();
        return postgres;
    }

    public String url() {
        return url;
    }

    public Database database() {
        return new Database(DatabaseSettings.of(url, USER, PASSWORD, 2));
    }

    public void execute(String sql) {
        try (Connection connection = connect(url)) {
            connection.createStatement().execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /// Every row as one text, in the order of the query.
    public List<String> rows(String sql) {
        try (Connection connection = connect(url);
                ResultSet rows = connection.createStatement().executeQuery("select r::text from (" + sql + ") r")) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public String one(String sql) {
        try (Connection connection = connect(url);
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, USER, PASSWORD);
    }
}
