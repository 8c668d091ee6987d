package dev.waybill.local.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What Postgres says about the demo's deliveries.
final class HistoryTable {

    private static final Duration PAUSE = Duration.ofMillis(100);

    /// One line of the table. A delivery without a destination (a duplicate) has one line of its own.
    record Row(
            String delivery,
            String destination,
            String status,
            String attempts,
            String code,
            String millis,
            String reason) {

        List<String> cells() {
            return List.of(delivery, destination, status, attempts, code, millis, reason);
        }
    }

    private static final String QUERY = """
            select d.delivery_id, coalesce(t.name, '-'), coalesce(l.status::text, d.status::text),
                   l.attempt_count, l.response_code, l.response_time_ms, case when l.status = 'delivered' then '' else coalesce(l.error_code, d.reason, '') end
              from deliveries d
              left join delivery_logs l on l.delivery_id = d.delivery_id
              left join delivery_destinations t on t.id = l.destination_id
             order by d.queued_at, d.delivery_id, l.last_attempt_at
            """;

    private final String jdbcUrl;

    HistoryTable(String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
    }

    /// Reads until every expected row is there with its expected status, or the time is over.
    List<Row> await(List<Scenario> scenarios, Duration timeout) throws SQLException, InterruptedException {
        Instant end = Instant.now().plus(timeout);
        List<Row> rows = read();
        while (!differences(scenarios, rows).isEmpty() && Instant.now().isBefore(end)) {
            Thread.sleep(PAUSE);
            rows = read();
        }
        return rows;
    }

    private List<Row> read() throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(QUERY)) {
            List<Row> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(new Row(
                        found.getString(1),
                        found.getString(2),
                        found.getString(3),
                        text(found, 4),
                        text(found, 5),
                        text(found, 6),
                        found.getString(7)));
            }
            return rows;
        }
    }

    private static String text(ResultSet found, int column) throws SQLException {
        String value = found.getString(column);
        return value == null ? "" : value;
    }

    /// Where the rows are not what the scenarios say; empty if all is well.
    static List<String> differences(List<Scenario> scenarios, List<Row> rows) {
        Map<String, String> actual = new HashMap<>();
        rows.forEach(row -> actual.put(row.delivery() + " at " + row.destination(), row.status()));
        List<String> differences = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            scenario.rows().forEach((destination, status) -> {
                String key = scenario.deliveryId() + " at " + destination;
                if (!status.equals(actual.get(key))) {
                    differences.add("row of " + key + ": expected " + status + ", found " + actual.get(key));
                }
            });
        }
        return differences;
    }
}
