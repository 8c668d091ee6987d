package dev.waybill.local;

import dev.waybill.local.embedded.LocalStack;
import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.app.WorkerApp;
import dev.waybill.worker.config.PostgresSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.projector.Migrations;
import dev.waybill.worker.topics.TopicAdmin;
import dev.waybill.worker.topics.TopicPlan;
import dev.waybill.worker.topics.TopicSpec;
import dev.waybill.worker.topics.TopicTable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/// A worker on the embedded parts of one machine: topics and tables made, everything local allowed.
public final class LocalWorker implements AutoCloseable {

    private static final Duration READY_POLL = Duration.ofMillis(50);

    private final Sinks sinks;
    private final WorkerApp worker;

    private LocalWorker(Sinks sinks, WorkerApp worker) {
        this.sinks = sinks;
        this.worker = worker;
    }

    /// Settings of a worker with all roles on these parts.
    ///
    /// @param directory where its secrets, files and state are
    /// @param apiPort   of its REST; 0 is any free one
    public static Map<String, String> settings(LocalStack stack, Path directory, int apiPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("worker.id", "local");
        settings.put("bootstrap.servers", stack.bootstrapServers());
        settings.put("schema.registry.url", stack.registryUrl());
        settings.put("postgres.url", stack.jdbcUrl());
        settings.put("postgres.user", "postgres");
        settings.put("topics.partitions", "4");
        settings.put("topics.replication.factor", "1");
        settings.put("topics.min.insync.replicas", "1");
        settings.put("state.dir", directory.resolve("state").toString());
        settings.put("payload.spool.dir", directory.resolve("spool").toString());
        settings.put("secrets.root", secrets(directory).toString());
        settings.put("file.roots", files(directory).toString());
        // Everything is on this machine, the receivers too.
        settings.put("egress.allow", "127.0.0.0/8,::1/128");
        settings.put("api.port", Integer.toString(apiPort));
        return settings;
    }

    /// Where the secrets of the organizations are.
    public static Path secrets(Path directory) {
        return directory.resolve("secrets");
    }

    /// Where file destinations may write.
    public static Path files(Path directory) {
        return directory.resolve("files");
    }

    /// Makes what is missing of topics and tables, and starts the worker.
    public static LocalWorker start(WorkerConfig config) {
        applyTopics(config);
        PostgresSettings postgres = config.postgres();
        Migrations.of(postgres.url(), postgres.user(), postgres.password().value())
                .migrate();
        Sinks sinks = Sinks.open(config);
        try {
            return new LocalWorker(sinks, WorkerApp.start(config, sinks));
        } catch (RuntimeException e) {
            sinks.close();
            throw e;
        }
    }

    /// Where its REST is.
    public URI url() {
        return URI.create(worker.url());
    }

    /// Waits until every part is ready for work.
    public void awaitReady(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (!worker.notReady().isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "not ready after " + timeout.toSeconds() + " s: " + String.join("; ", worker.notReady()));
            }
            Thread.sleep(READY_POLL);
        }
    }

    @Override
    public void close() {
        worker.close();
        sinks.close();
    }

    private static void applyTopics(WorkerConfig config) {
        try (Admin admin = Admin.create(config.kafka().admin())) {
            TopicAdmin topics = new TopicAdmin(admin);
            List<TopicSpec> specs = TopicTable.of(config.worker(), config.router(), config.topics());
            topics.apply(TopicPlan.of(specs, topics.describe(specs)));
        }
    }
}
