package dev.waybill.bench.bed;

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
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;

/// Waybill on a test bed, with topics and a database of its own, and the settings an operator starts with.
public final class Installation {

    private static final Pattern URL = Pattern.compile("REST at (http://\\S+)");
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final TestBed bed;
    private final Topics topics;
    private final String jdbcUrl;
    private final Map<String, String> more;

    private Installation(TestBed bed, String name, Map<String, String> more) {
        this.bed = bed;
        this.topics = new Topics(name + ".");
        this.jdbcUrl = bed.createDatabase(name);
        this.more = Map.copyOf(more);
    }

    /// Topics and tables made.
    ///
    /// @param more settings that differ from the defaults
    public static Installation create(TestBed bed, String name, Map<String, String> more) {
        Installation installation = new Installation(bed, name, more);
        WorkerConfig config = WorkerConfig.of(installation.settings(), Map.of());
        try (Admin admin = Admin.create(config.kafka().admin())) {
            TopicAdmin topicAdmin = new TopicAdmin(admin);
            List<TopicSpec> specs = TopicTable.of(config.worker(), config.router(), config.topics());
            topicAdmin.apply(TopicPlan.of(specs, topicAdmin.describe(specs)));
        }
        migrate(config);
        return installation;
    }

    private static void migrate(WorkerConfig config) {
        PostgresSettings postgres = config.postgres();
        Migrations.of(postgres.url(), postgres.user(), postgres.password().value())
                .migrate();
    }

    /// Another database with empty tables.
    ///
    /// @return its JDBC URL
    public String emptyDatabase(String name) {
        String url = bed.createDatabase(name);
        migrate(WorkerConfig.of(settings(Map.of("postgres.url", url)), Map.of()));
        return url;
    }

    /// The worker's, with some of them changed.
    public Map<String, String> settings(Map<String, String> changes) {
        Map<String, String> settings = settings();
        settings.putAll(changes);
        return settings;
    }

    /// Only what this machine makes necessary differs from the defaults.
    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("worker.id", "bench");
        settings.put("bootstrap.servers", bed.bootstrapServers());
        settings.put("schema.registry.url", bed.registryUrl());
        settings.put("postgres.url", jdbcUrl);
        settings.put("postgres.user", "postgres");
        settings.put("topic.prefix", topics.prefix());
        settings.put("topics.replication.factor", "1");
        settings.put("topics.min.insync.replicas", "1");
        settings.put("state.dir", folder("state").toString());
        settings.put("payload.spool.dir", folder("spool").toString());
        settings.put("secrets.root", folder("secrets").toString());
        settings.put("egress.allow", "127.0.0.0/8");
        settings.put("api.port", "0");
        settings.putAll(more);
        return settings;
    }

    private Path folder(String name) {
        return bed.directory().resolve(topics.prefix() + name);
    }

    /// Starts a worker process with all roles; returns when it is ready.
    public ForkedJvm startWorker() {
        return startWorker(Map.of());
    }

    /// Starts a worker process, some of whose settings differ.
    public ForkedJvm startWorker(Map<String, String> changes) {
        ForkedJvm worker = ForkedJvm.start(
                "worker",
                bed.directory(),
                WorkerProcess.class,
                "worker",
                "--config",
                configFile(changes).toString());
        try {
            awaitReady(worker.await(URL).group(1));
            return worker;
        } catch (RuntimeException e) {
            worker.close();
            throw e;
        }
    }

    /// The worker's configuration.
    public Path configFile() {
        return configFile(Map.of());
    }

    private Path configFile(Map<String, String> changes) {
        Properties properties = new Properties();
        properties.putAll(settings(changes));
        Path file = bed.directory().resolve(topics.prefix() + "properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitReady(String url) {
        long end = System.nanoTime() + READY_MAX.toNanos();
        while (!isReady(url)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the worker at " + url + " does not become ready");
            }
            try {
                Thread.sleep(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private static boolean isReady(String url) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url + "/readyz").toURL().openConnection();
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    public TestBed bed() {
        return bed;
    }

    public Topics topics() {
        return topics;
    }

    public String jdbcUrl() {
        return jdbcUrl;
    }
}
