package dev.waybill.local.system;

import dev.waybill.local.fixture.Backend;
import dev.waybill.local.fixture.Backends;
import dev.waybill.local.fixture.Database;
import dev.waybill.schemas.Topics;
import dev.waybill.worker.config.PostgresSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.projector.Migrations;
import dev.waybill.worker.topics.TopicAdmin;
import dev.waybill.worker.topics.TopicPlan;
import dev.waybill.worker.topics.TopicSpec;
import dev.waybill.worker.topics.TopicTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;

/// One installation of Waybill on the shared backend: topics under a prefix of its own, a database of its
/// own, any number of workers.
final class Installation implements AutoCloseable {

    static final int PARTITIONS = 4;

    private final Backend backend;
    private final Topics topics;
    private final Database database;
    private final Path directory;
    private final List<WorkerProcess> started = new CopyOnWriteArrayList<>();

    private Installation(String name, Backend backend) {
        this.backend = backend;
        String unique = Backends.unique(name);
        topics = new Topics(unique + ".");
        database = backend.createDatabase(unique.toLowerCase(java.util.Locale.ROOT));
        directory = Path.of("target", "system", unique).toAbsolutePath();
    }

    /// A name and an empty database: topics and tables are still to be made.
    static Installation empty(String name) {
        return empty(name, Backends.shared());
    }

    private static Installation empty(String name, Backend backend) {
        Installation installation = new Installation(name, backend);
        try {
            Files.createDirectories(installation.directory.resolve("files"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return installation;
    }

    /// Topics and tables made, no worker started.
    static Installation create(String name) {
        return create(name, Backends.shared());
    }

    static Installation create(String name, Backend backend) {
        Installation installation = empty(name, backend);
        WorkerConfig config = installation.config("setup", Map.of());
        try (Admin admin = Admin.create(config.kafka().admin())) {
            TopicAdmin topicAdmin = new TopicAdmin(admin);
            List<TopicSpec> specs = TopicTable.of(config.worker(), config.router(), config.topics());
            topicAdmin.apply(TopicPlan.of(specs, topicAdmin.describe(specs)));
        }
        PostgresSettings postgres = config.postgres();
        Migrations.of(postgres.url(), postgres.user(), postgres.password().value())
                .migrate();
        return installation;
    }

    /// Starts a worker process with all roles and waits until it is ready.
    WorkerProcess startWorker(String workerId) {
        return startWorker(workerId, Map.of());
    }

    /// The same with some settings of its own.
    WorkerProcess startWorker(String workerId, Map<String, String> more) {
        WorkerProcess worker = WorkerProcess.launch(
                "dev.waybill.worker.app.Main", List.of(), directory, workerId, settings(workerId, more));
        started.add(worker);
        worker.awaitReady();
        return worker;
    }

    Backend backend() {
        return backend;
    }

    Topics topics() {
        return topics;
    }

    Database database() {
        return database;
    }

    Path directory() {
        return directory;
    }

    /// What a worker of this installation is configured with.
    Map<String, String> settings(String workerId, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("worker.id", workerId);
        settings.put("bootstrap.servers", backend.bootstrapServers());
        settings.put("schema.registry.url", backend.registryUrl());
        settings.put("postgres.url", database.jdbcUrl());
        settings.put("postgres.user", "postgres");
        settings.put("topic.prefix", topics.prefix());
        settings.put("topics.partitions", Integer.toString(PARTITIONS));
        settings.put("topics.replication.factor", "1");
        settings.put("topics.min.insync.replicas", "1");
        settings.put("state.dir", directory.resolve("state-" + workerId).toString());
        settings.put("payload.spool.dir", directory.resolve("spool").toString());
        settings.put("secrets.root", directory.resolve("secrets").toString());
        settings.put("file.roots", directory.resolve("files").toString());
        settings.put("egress.allow", "127.0.0.0/8");
        settings.put("api.port", "0");
        settings.putAll(more);
        return settings;
    }

    /// Puts a secret of an organization where the workers look for it.
    ///
    /// @return the reference to it
    String secret(String organization, String key, String value) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("secrets").resolve(organization));
        Files.writeString(folder.resolve(key), value);
        return "${dir:" + folder + ":" + key + "}";
    }

    WorkerConfig config(String workerId, Map<String, String> more) {
        return WorkerConfig.of(settings(workerId, more), Map.of());
    }

    /// Ends the workers that are left, as after a test that failed.
    @Override
    public void close() {
        started.forEach(WorkerProcess::close);
    }
}
