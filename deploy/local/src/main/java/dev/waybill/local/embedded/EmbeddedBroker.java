package dev.waybill.local.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.jspecify.annotations.Nullable;

/// A Kafka broker and its controller in this process, on loopback, with its log in one directory. It can be stopped and
/// started again: same directory, same ports, same records.
public final class EmbeddedBroker implements AutoCloseable {

    /// A clean stop takes a second or two. Kafka itself would wait five minutes for a controller that is gone.
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    /// What one run holds. Kafka's own lock comes too late: by then a second controller has written to the metadata
    /// log.
    private record Running(KafkaRaftServer server, DirectoryLock lock) {}

    private final Path directory;
    private final int port;
    private final int controllerPort;
    private @Nullable Running running;

    private EmbeddedBroker(Path directory, int port) {
        this.directory = directory;
        this.port = LoopbackPorts.choose(port);
        this.controllerPort = LoopbackPorts.free();
    }

    /// Returns when clients can connect.
    ///
    /// @param port 0 for any free one
    public static EmbeddedBroker start(Path directory, int port) {
        var broker = new EmbeddedBroker(directory.toAbsolutePath(), port);
        broker.start();
        return broker;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public synchronized void start() {
        if (running != null) {
            return;
        }
        var lock = DirectoryLock.take(directory);
        try {
            format();
            var server = new KafkaRaftServer(new KafkaConfig(settings(), false), Time.SYSTEM);
            start(server);
            running = new Running(server, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw new IllegalStateException(
                    "The broker does not start on 127.0.0.1:" + port + " with " + directory + ": " + e.getMessage(), e);
        }
    }

    private static void start(KafkaRaftServer server) {
        try {
            server.startup();
        } catch (RuntimeException e) {
            shutDown(server);
            throw e;
        }
    }

    /// Shuts down cleanly; returns when the files are closed.
    public synchronized void stop() {
        Running stopping = running;
        if (stopping != null) {
            running = null;
            try (var _ = stopping.lock()) {
                shutDown(stopping.server());
            }
        }
    }

    private static void shutDown(KafkaRaftServer server) {
        var shutdown = Thread.ofPlatform().daemon().name("broker-shutdown").start(() -> {
            server.shutdown();
            server.awaitShutdown();
        });
        try {
            if (!shutdown.join(STOP_TIMEOUT)) {
                throw new IllegalStateException("The broker does not stop within " + STOP_TIMEOUT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the broker stops", e);
        }
    }

    public void restart() {
        stop();
        start();
    }

    @Override
    public void close() {
        stop();
    }

    private void format() {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        var output = new ByteArrayOutputStream();
        try {
            Files.createDirectories(directory);
            new Formatter()
                    .setPrintStream(new PrintStream(output, true, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setIgnoreFormatted(true)
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException("The broker's directory cannot be written", e);
        } catch (Exception e) {
            throw new IllegalStateException(
                    "The broker's directory cannot be formatted: " + output.toString(StandardCharsets.UTF_8), e);
        }
    }

    private Map<String, String> settings() {
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
                Map.entry("log.dirs", directory.toString()),
                // One broker: nothing can be replicated.
                Map.entry("default.replication.factor", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                // Fewer internal partitions than the 50 of a cluster: they are what a start waits for.
                Map.entry("offsets.topic.num.partitions", "4"),
                Map.entry("transaction.state.log.num.partitions", "4"),
                Map.entry("share.coordinator.state.topic.num.partitions", "4"),
                Map.entry("auto.create.topics.enable", "false"),
                // Tasks carry payloads: their topics allow 2 MiB, and the broker must fetch as much.
                Map.entry("message.max.bytes", "2162688"),
                Map.entry("replica.fetch.max.bytes", "2162688"),
                // The cleaner's default takes 128 MB of heap.
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                // Readers behind a dead producer's transaction wait for its timeout plus this; the default is 10 s.
                Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
                // After a kill -9 the controller waits for the session of the broker it remembers; the default is 9 s.
                Map.entry("broker.session.timeout.ms", "3000"),
                Map.entry("broker.heartbeat.interval.ms", "500"),
                // Groups form and notice changes fast; each minimum must be lowered before its value.
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("group.consumer.min.heartbeat.interval.ms", "500"),
                Map.entry("group.consumer.heartbeat.interval.ms", "1000"),
                Map.entry("group.share.min.heartbeat.interval.ms", "500"),
                Map.entry("group.share.heartbeat.interval.ms", "1000"),
                Map.entry("group.streams.min.heartbeat.interval.ms", "500"),
                Map.entry("group.streams.heartbeat.interval.ms", "1000"));
    }
}
