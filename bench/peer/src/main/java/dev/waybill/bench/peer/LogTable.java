package dev.waybill.bench.peer;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Writes a row for every delivery, in batches on threads of its own: the fastest of what JDBC offers for plain
/// inserts.
final class LogTable implements AutoCloseable {

    private static final int WRITERS = 2;
    private static final int BATCH_MAX = 1_000;
    private static final long GATHER_MILLIS = 20;

    /// Rows that wait; when it is full, deliveries wait too.
    private static final int QUEUE_MAX = 50_000;

    private final BlockingQueue<LogRow> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final List<Thread> writers = new ArrayList<>();

    /// One delivery's.
    record LogRow(String id, String key, int size, int status, int millis, Instant deliveredAt) {}

    LogTable(String jdbcUrl) {
        for (int i = 0; i < WRITERS; i++) {
            writers.add(Thread.ofPlatform().name("log-" + i).start(() -> write(jdbcUrl)));
        }
    }

    void add(LogRow row) {
        try {
            queue.put(row);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String jdbcUrl) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl + "&reWriteBatchedInserts=true");
                PreparedStatement insert = connection.prepareStatement(
                        "insert into peer_log (id, delivery_id, organization_id, destination_id, payload_size, status,"
                                + " response_code, response_time_ms, delivered_at)"
                                + " values (gen_random_uuid(), ?, ?, ?::uuid, ?, 'delivered', ?, ?, ?)")) {
            connection.setAutoCommit(false);
            while (true) {
                for (LogRow row : next()) {
                    bind(insert, row);
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("rows cannot be written", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<LogRow> next() throws InterruptedException {
        List<LogRow> rows = new ArrayList<>();
        rows.add(queue.take());
        if (queue.size() < BATCH_MAX) {
            Thread.sleep(GATHER_MILLIS);
        }
        queue.drainTo(rows, BATCH_MAX - 1);
        return rows;
    }

    private static void bind(PreparedStatement insert, LogRow row) throws SQLException {
        int slash = row.key().indexOf('/');
        insert.setString(1, row.id());
        insert.setString(2, row.key().substring(0, slash));
        insert.setString(3, row.key().substring(slash + 1));
        insert.setInt(4, row.size());
        insert.setInt(5, row.status());
        insert.setInt(6, row.millis());
        insert.setTimestamp(7, Timestamp.from(row.deliveredAt()));
    }

    @Override
    public void close() {
        writers.forEach(Thread::interrupt);
    }
}
