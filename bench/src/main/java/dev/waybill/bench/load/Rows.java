package dev.waybill.bench.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The rows of a table with columns `delivery_id` and `status`.
record Rows(String jdbcUrl, String table, Run run) {

    private static final Duration WAIT_MAX = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = 20_000_000;
    private static final int FETCHED = 10_000;

    /// Deliveries that are looked for first: counting all rows takes as much of Postgres as writing some.
    private static final int LAST = 200;

    /// Does something with one row.
    interface RowHandler {

        /// Takes the row that stands under the cursor.
        ///
        /// @param number of the delivery
        void row(int number, ResultSet row) throws SQLException;
    }

    /// Waits until all say `delivered`.
    void await() {
        long start = System.nanoTime();
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement()) {
            while (count(statement, "delivery_id in (" + lastIds() + ")") < Math.min(LAST, run.sent())
                    || count(statement, ofRun()) < run.sent()) {
                if (System.nanoTime() - start > WAIT_MAX.toNanos()) {
                    throw new IllegalStateException("%s: rows of %d of %d deliveries after %s"
                            .formatted(run.name(), count(statement, ofRun()), run.sent(), WAIT_MAX));
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String lastIds() {
        return IntStream.range(Math.max(0, run.sent() - LAST), run.sent())
                .mapToObj(i -> "'" + run.id(i) + "'")
                .collect(Collectors.joining(","));
    }

    private String ofRun() {
        return "delivery_id like '" + run.name() + "-%'";
    }

    private long count(Statement statement, String which) throws SQLException {
        try (ResultSet found =
                statement.executeQuery("select count(*) from " + table + " where status = 'delivered' and " + which)) {
            found.next();
            return found.getLong(1);
        }
    }

    /// When the row of each delivery was committed, in milliseconds since it was sent.
    double[] millisToCommit() {
        double[] millis = new double[run.sent()];
        Arrays.fill(millis, Double.NaN);
        forEach(
                "extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000",
                (number, row) -> millis[number] = (row.getDouble(2) - run.sentMicros(number)) / 1e3);
        return millis;
    }

    /// Goes through all rows of the run.
    ///
    /// @param columns in SQL; the first one is the second of the row
    void forEach(String columns, RowHandler handler) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement()) {
            // A cursor: the driver would read all rows at once otherwise.
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCHED);
            try (ResultSet rows =
                    statement.executeQuery("select delivery_id, " + columns + " from " + table + " where " + ofRun())) {
                while (rows.next()) {
                    handler.row(run.number(rows.getString(1)), rows);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
