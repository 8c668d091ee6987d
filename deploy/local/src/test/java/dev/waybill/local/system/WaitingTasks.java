package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.RetryDelay;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Looks, also in the middle of a run, whether everything that waits knows for what: no delivery is stuck.
final class WaitingTasks {

    /// How long a read of a topic that ends may take.
    private static final Duration READ_MAX = Duration.ofSeconds(20);

    private WaitingTasks() {}

    /// Whatever waits in a topic, or did, says until when.
    ///
    /// @return how many do, or did
    static int assertHaveDueTimes(Installation installation, Application application) {
        int[] seen = {0};
        List<String> without = new ArrayList<>();
        for (RetryDelay delay : RetryDelay.DEFAULTS) {
            String topic = installation.topics().retries(delay);
            application.read(topic, READ_MAX, () -> true, record -> {
                seen[0]++;
                if (record.headers().lastHeader(Headers.DUE) == null) {
                    without.add(topic + "-" + record.partition() + "/" + record.offset());
                }
            });
        }
        assertThat(without).as("tasks that wait, and nobody knows until when").isEmpty();
        return seen[0];
    }

    /// So does its row; ask only while Postgres is there.
    static void assertRowsHaveDueTimes(Installation installation) throws SQLException {
        assertThat(count(
                        installation,
                        "select count(*) from delivery_logs where status = 'retrying' and due_at is null"))
                .as("rows of deliveries that are to be retried, and do not say when")
                .isZero();
    }

    static long count(Installation installation, String sql) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(installation.database().jdbcUrl());
                var rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
