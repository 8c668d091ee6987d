package dev.waybill.bench.limits;

import dev.waybill.bench.bed.CpuMeter;
import dev.waybill.bench.bed.Installation;
import dev.waybill.bench.load.Run;
import dev.waybill.worker.projector.history.DeliveryHistory;
import dev.waybill.worker.projector.store.Batch;
import dev.waybill.worker.projector.store.BatchWriter;
import dev.waybill.worker.projector.store.Database;
import dev.waybill.worker.projector.store.DatabaseSettings;
import dev.waybill.worker.projector.store.PartitionGrid;
import dev.waybill.worker.projector.store.Partitions;
import dev.waybill.worker.projector.store.Projected;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;

/// What Postgres takes and gives over so many connections: the projector's writer with a loop for each, and the reads
/// of the history. Both run in this process, without Kafka, on the tables and partitions that a worker makes.
public final class PostgresLimit {

    /// The worker's defaults.
    private static final PartitionGrid GRID = new PartitionGrid(7, Duration.ofDays(90));

    private final Installation installation;
    private final Backlog backlog;
    private int databases;

    public PostgresLimit(Installation installation) {
        this.installation = installation;
        this.backlog = Backlog.read(installation);
    }

    /// What one turn came to.
    ///
    /// @param done     rows that were written, or deliveries that were read
    /// @param worker   CPU of this process
    /// @param postgres CPU of all of Postgres
    public record Measured(long done, double seconds, Duration worker, Duration postgres) {

        public double perSecond() {
            return done / seconds;
        }

        public double workerMicros() {
            return worker.toNanos() / 1e3 / done;
        }

        public double postgresMicros() {
            return postgres.toNanos() / 1e3 / done;
        }
    }

    /// Writes the whole backlog into empty tables.
    public Measured write(int connections) {
        String jdbcUrl = installation.emptyDatabase("connections" + databases++);
        Copy.destinations(installation.jdbcUrl(), jdbcUrl, installation.bed().directory());
        try (Database database = database(jdbcUrl, connections)) {
            var _ = new Partitions(database, GRID).upkeep(Instant.now());
            List<Callable<Long>> loops = new ArrayList<>();
            for (int loop = 0; loop < connections; loop++) {
                List<List<Batch>> own = new ArrayList<>();
                for (int partition = loop; partition < Backlog.PARTITIONS; partition += connections) {
                    own.add(backlog.partitions().get(partition));
                }
                loops.add(() -> write(new BatchWriter(database), own));
            }
            return measured(jdbcUrl, loops);
        }
    }

    private static long write(BatchWriter writer, List<List<Batch>> partitions) {
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        partitions.forEach(batches -> batches.stream()
                .limit(1)
                .forEach(batch -> batch.spans().keySet().forEach(partition -> beginnings.put(partition, 0L))));
        var _ = writer.positions(beginnings);
        long rows = 0;
        for (List<Batch> batches : partitions) {
            for (Batch batch : batches) {
                rows += switch (writer.write(batch, Instant.EPOCH)) {
                    case Projected.Written written -> written.rows();
                    case Projected.Discarded _ ->
                        throw new IllegalStateException("nobody else writes into this database");
                };
            }
        }
        return rows;
    }

    /// Looks deliveries of the run up, one after the other on each connection.
    public Measured read(int connections, Run run, Duration time) {
        try (Database database = database(installation.jdbcUrl(), connections)) {
            DeliveryHistory history = new DeliveryHistory(database);
            long end = System.nanoTime() + time.toNanos();
            List<Callable<Long>> readers = new ArrayList<>();
            for (int reader = 0; reader < connections; reader++) {
                SplittableRandom random = new SplittableRandom(reader);
                readers.add(() -> read(history, run, random, end));
            }
            return measured(installation.jdbcUrl(), readers);
        }
    }

    private static long read(DeliveryHistory history, Run run, SplittableRandom random, long end) {
        long found = 0;
        while (System.nanoTime() - end < 0) {
            String id = run.id(random.nextInt(run.sent()));
            if (history.find(null, id).isEmpty()) {
                throw new IllegalStateException("no rows of " + id);
            }
            found++;
        }
        return found;
    }

    private static Database database(String jdbcUrl, int connections) {
        return new Database(DatabaseSettings.of(jdbcUrl, "postgres", "", connections));
    }

    /// On virtual threads, as in a worker. The CPU of a connection of Postgres is told only while it is open.
    private Measured measured(String jdbcUrl, List<Callable<Long>> tasks) {
        checkpoint(jdbcUrl);
        CpuMeter meter = installation.bed().cpu();
        CpuMeter.Reading before = meter.read();
        long start = System.nanoTime();
        long done = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Long> task : threads.invokeAll(tasks)) {
                done += task.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Duration> used = meter.read().since(before);
        return new Measured(
                done, seconds, used.getOrDefault("load", Duration.ZERO), used.getOrDefault("postgres", Duration.ZERO));
    }

    /// So that no turn pays for what the one before has written.
    private static void checkpoint(String jdbcUrl) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
