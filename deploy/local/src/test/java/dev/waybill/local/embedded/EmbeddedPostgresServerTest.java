package dev.waybill.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresServerTest {

    @TempDir
    Path directory;

    @Test
    void isDurableAndOnLoopbackOnly() throws SQLException {
        try (var postgres = EmbeddedPostgresServer.start(directory, 0)) {
            String url = postgres.jdbcUrl();
            assertThat(query(url, "SHOW fsync")).isEqualTo("on");
            assertThat(query(url, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(url, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            execute(url, "CREATE TABLE t AS SELECT 'kept' AS v");
            postgres.stop();
            assertThatThrownBy(() -> query(url, "SELECT 1")).isInstanceOf(SQLException.class);
            postgres.start();
            assertThat(query(url, "SELECT v FROM t")).isEqualTo("kept");
        }
    }

    @Test
    void takesOverFromOneWhoseStarterWasKilled() throws Exception {
        Process starter = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PostgresProcess.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String first = readyLine(starter).substring("READY ".length());
        execute(first, "CREATE TABLE t AS SELECT 'kept' AS v");
        long orphan = pid();
        starter.destroyForcibly().waitFor();
        assertThat(ProcessHandle.of(orphan)).isPresent();

        try (var postgres = EmbeddedPostgresServer.start(directory, 0)) {
            assertThat(query(postgres.jdbcUrl(), "SELECT v FROM t")).isEqualTo("kept");
            assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isEmpty();
        }
        assertThat(OrphanedPostmaster.of(directory.resolve("data"))).isEmpty();
    }

    @Test
    void anInitializationThatWasCutOffIsDoneAgain() throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(data.resolve("postgresql.conf"), "nonsense");
        Files.writeString(data.resolve("postmaster.pid"), "");
        try (var postgres = EmbeddedPostgresServer.start(directory, 0)) {
            assertThat(query(postgres.jdbcUrl(), "SELECT 1")).isEqualTo("1");
        }
    }

    /// After a reboot the number in the pid file may be anybody's.
    @Test
    void anotherProcessOfTheSameNumberIsLeftAlone() throws IOException {
        Files.writeString(
                directory.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");
        assertThat(OrphanedPostmaster.of(directory)).isEmpty();
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid"))
                .getFirst()
                .strip());
    }

    private static String readyLine(Process process) throws IOException {
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.startsWith("READY ")) {
            line = output.readLine();
        }
        assertThat(line).as("the process ends before Postgres is ready").isNotNull();
        return line;
    }

    private static String query(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
