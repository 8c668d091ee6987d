package dev.waybill.bench.limits;

import dev.waybill.bench.bed.Installation;
import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.app.WorkerApp;
import dev.waybill.worker.config.WorkerConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A projector that has everything still to do, against COPY of what it makes. Both write into empty tables of the same
/// schema, in turn, and the projector reads Kafka besides. It runs in this process, so that it is warm after the first
/// turn.
public final class ProjectorLimit {

    private static final Duration DONE_MAX = Duration.ofMinutes(5);
    private static final long LOOK_NANOS = 100_000_000;

    private static final String PROJECTED = "select coalesce(sum(next), 0) from projection_offsets";

    private final Installation installation;
    private final long deliveries;
    private final long projected;
    private int databases;

    public ProjectorLimit(Installation installation) {
        this.installation = installation;
        this.deliveries = number(installation.jdbcUrl(), "select count(*) from deliveries");
        this.projected = number(installation.jdbcUrl(), PROJECTED);
    }

    /// Deliveries a second.
    public record Measured(double projected, double copied) {
        public double ratio() {
            return projected / copied;
        }
    }

    /// One turn of each.
    public Measured measure() {
        Copy copy = Copy.from(installation.jdbcUrl(), installation.bed().directory());
        double projected = project();
        double copied = deliveries / copy.into(database());
        return new Measured(projected, copied);
    }

    /// An empty one with all tables.
    private String database() {
        return installation.emptyDatabase("limit" + databases++);
    }

    /// From the commit of the first batch to that of the last, without the rows of the first: what it takes to join the
    /// group does not count.
    private double project() {
        String jdbcUrl = database();
        WorkerConfig config =
                WorkerConfig.of(installation.settings(Map.of("postgres.url", jdbcUrl, "roles", "projector")), Map.of());
        try (Sinks sinks = Sinks.open(config);
                var _ = WorkerApp.start(config, sinks)) {
            awaitOffsets(jdbcUrl);
        }
        long missing = deliveries - number(jdbcUrl, "select count(*) from deliveries where status <> 'queued'");
        if (missing != 0) {
            throw new IllegalStateException("the projector left " + missing + " deliveries out");
        }
        return number(jdbcUrl, """
                with done as (select pg_xact_commit_timestamp(xmin) as at from deliveries),
                     span as (select min(at) as first, max(at) as last from done)
                select (select count(*) from done where at > span.first)
                       / nullif(extract(epoch from span.last - span.first), 0)
                from span
                """);
    }

    /// Waits until everything is projected that was projected before. Asked over one connection, and of a small table:
    /// who counts rows meanwhile takes a third of a core from the projector.
    private void awaitOffsets(String jdbcUrl) {
        long end = System.nanoTime() + DONE_MAX.toNanos();
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            while (number(connection, PROJECTED) < projected) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("the projector is not done after " + DONE_MAX);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long number(String jdbcUrl, String sql) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            return number(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
        }
    }
}
