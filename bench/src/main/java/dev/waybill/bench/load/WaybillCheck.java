package dev.waybill.bench.load;

import dev.waybill.avro.DeliveryResult;
import dev.waybill.bench.bed.Installation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Goes through every delivery of a run by its id: received, one result, and a row that says so.
public final class WaybillCheck {

    private static final Duration POLL = Duration.ofMillis(100);

    /// A result is committed together with the event that its row comes from, and rows are waited for first.
    private static final Duration RESULTS_MAX = Duration.ofSeconds(2);

    private static final Duration ROWS_MAX = Duration.ofMinutes(5);
    private static final long LOOK_NANOS = 20_000_000;
    private static final int FETCHED_ROWS = 10_000;
    private static final int TOLD = 10;
    private static final int LAST = 200;

    private final Installation installation;
    private final WaybillRequests requests;
    private final Run run;

    public WaybillCheck(Installation installation, WaybillRequests requests, Run run) {
        this.installation = installation;
        this.requests = requests;
        this.run = run;
    }

    /// Waits until the projector has nothing left to do.
    public void awaitRows() {
        long start = System.nanoTime();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            while (delivered(statement) < run.sent()) {
                if (System.nanoTime() - start > ROWS_MAX.toNanos()) {
                    throw new IllegalStateException("%s: rows of %d of %d deliveries after %s"
                            .formatted(run.name(), delivered(statement), run.sent(), ROWS_MAX));
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The rows of the last deliveries tell that those before are there, nearly: each partition is in order.
    private long delivered(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("select count(*) from deliveries where status = 'delivered'"
                + " and delivery_id in (" + lastIds() + ")")) {
            found.next();
            long last = found.getLong(1);
            return last < Math.min(LAST, run.sent()) ? 0 : all(statement);
        }
    }

    private String lastIds() {
        return IntStream.range(Math.max(0, run.sent() - LAST), run.sent())
                .mapToObj(i -> "'" + run.id(i) + "'")
                .collect(Collectors.joining(","));
    }

    private long all(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery(
                "select count(*) from deliveries where status = 'delivered' and delivery_id like '" + run.name()
                        + "-%'")) {
            found.next();
            return found.getLong(1);
        }
    }

    /// Goes through the run.
    ///
    /// @throws IllegalStateException that names deliveries which are not in order
    public Checked check() {
        List<String> wrong = new ArrayList<>();
        long repeated = receipts(wrong);
        results(wrong);
        double[] millis = rows(wrong);
        logs(wrong);
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("%s: %d deliveries are not in order: %s"
                    .formatted(run.name(), wrong.size(), wrong.subList(0, Math.min(TOLD, wrong.size()))));
        }
        return new Checked(repeated, millis, run.secondsBehind(millis));
    }

    private long receipts(List<String> wrong) {
        long repeated = 0;
        for (int i = 0; i < run.sent(); i++) {
            int accepted = run.receipts().accepted(i);
            if (accepted == 0) {
                wrong.add(run.id(i) + " was not received");
            }
            repeated += Math.max(0, accepted - 1);
        }
        return repeated;
    }

    private void results(List<String> wrong) {
        int[] results = new int[run.sent()];
        int[] left = {run.sent()};
        long end = System.nanoTime() + RESULTS_MAX.toNanos();
        try (var consumer = consumer()) {
            List<TopicPartition> partitions = consumer
                    .partitionsFor(installation.topics().results())
                    .stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while ((left[0] > 0 || isBefore(consumer, ends)) && System.nanoTime() < end) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    int number = run.number(record.key());
                    if (number >= 0) {
                        DeliveryResult result = requests.codec().decode(record.value(), DeliveryResult.class);
                        if (!result.getStatus().equals("DELIVERED")) {
                            wrong.add(record.key() + " is " + result.getStatus());
                        }
                        left[0] -= results[number]++ == 0 ? 1 : 0;
                    }
                }
            }
        }
        for (int i = 0; i < results.length; i++) {
            if (results[i] != 1) {
                wrong.add(run.id(i) + " has " + results[i] + " results");
            }
        }
    }

    private static boolean isBefore(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        installation.bed().bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        FETCHED_ROWS),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    private double[] rows(List<String> wrong) {
        double[] millis = new double[run.sent()];
        Arrays.fill(millis, Double.NaN);
        query(
                "select delivery_id, status, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000"
                        + " from deliveries where delivery_id like '" + run.name() + "-%'",
                row -> {
                    int number = run.number(row.getString(1));
                    if (!row.getString(2).equals("delivered") || !Double.isNaN(millis[number])) {
                        wrong.add(row.getString(1) + " has a row that says " + row.getString(2));
                    }
                    millis[number] = (row.getDouble(3) - run.sentMicros(number)) / 1e3;
                });
        for (int i = 0; i < millis.length; i++) {
            if (Double.isNaN(millis[i])) {
                wrong.add(run.id(i) + " has no row");
            }
        }
        return millis;
    }

    /// One row of the log for each, with as many attempts as the receiver had requests.
    private void logs(List<String> wrong) {
        int[] rows = new int[run.sent()];
        query(
                "select delivery_id, status::text, attempt_count, response_code from delivery_logs"
                        + " where delivery_id like '" + run.name() + "-%'",
                row -> {
                    int number = run.number(row.getString(1));
                    rows[number]++;
                    int requests =
                            run.receipts().accepted(number) + run.receipts().refused(number);
                    if (!row.getString(2).equals("delivered") || row.getInt(4) != 204 || row.getInt(3) > requests) {
                        wrong.add("%s has a log row of %s, %d attempts, %d"
                                .formatted(row.getString(1), row.getString(2), row.getInt(3), row.getInt(4)));
                    }
                });
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != 1) {
                wrong.add(run.id(i) + " has " + rows[i] + " log rows");
            }
        }
    }

    private interface RowHandler {
        void row(ResultSet row) throws SQLException;
    }

    private void query(String sql, RowHandler handler) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            // A cursor: the driver would read all rows at once otherwise.
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCHED_ROWS);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    handler.row(rows);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(installation.jdbcUrl());
    }
}
