package dev.waybill.bench.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.DoubleStream;

/// When retries were due and when they were made, from the rows of the attempts.
public final class RetryTimes {

    private RetryTimes() {}

    /// How long after its due time each retry of a run began, in milliseconds.
    public static double[] millisLate(String jdbcUrl, Run run) {
        String sql = "select extract(epoch from retry.started_at - first.due_at) * 1000"
                + " from delivery_attempts first join delivery_attempts retry"
                + " on retry.delivery_id = first.delivery_id and retry.attempt = first.attempt + 1"
                + " where first.due_at is not null and first.delivery_id like '" + run.name() + "-%'";
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            DoubleStream.Builder millis = DoubleStream.builder();
            while (rows.next()) {
                millis.add(rows.getDouble(1));
            }
            return millis.build().toArray();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
