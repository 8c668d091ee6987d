package dev.waybill.local.embedded;

import dev.waybill.local.embedded.registry.EmbeddedRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// Broker, registry and Postgres of one machine, started side by side and closed in reverse order.
///
///     try (LocalStack stack = LocalStack.start(directory, LocalPorts.FREE)) { … }
public final class LocalStack implements AutoCloseable {

    private final EmbeddedBroker broker;
    private final EmbeddedRegistry registry;
    private final EmbeddedPostgresServer postgres;
    private final Deque<AutoCloseable> parts;
    private final Duration startTime;

    private LocalStack(
            EmbeddedBroker broker,
            EmbeddedRegistry registry,
            EmbeddedPostgresServer postgres,
            Deque<AutoCloseable> parts,
            Duration startTime) {
        this.broker = broker;
        this.registry = registry;
        this.postgres = postgres;
        this.parts = parts;
        this.startTime = startTime;
    }

    /// Returns when all three answer. What the directory holds from an earlier run is there again.
    public static LocalStack start(Path directory, LocalPorts ports) {
        long begin = System.nanoTime();
        Path data = directory.toAbsolutePath().normalize();
        Deque<AutoCloseable> parts = new ArrayDeque<>();
        try {
            parts.push(DirectoryLock.take(data));
            var postgres =
                    new FutureTask<>(() -> EmbeddedPostgresServer.start(data.resolve("postgres"), ports.postgres()));
            Thread.ofPlatform().name("postgres-start").start(postgres);
            parts.push(() -> postgres.get().close());
            var broker = EmbeddedBroker.start(data.resolve("kafka"), ports.broker());
            parts.push(broker);
            var registry = EmbeddedRegistry.start(broker.bootstrapServers(), ports.registry());
            parts.push(registry);
            var server = started(postgres);
            return new LocalStack(broker, registry, server, parts, Duration.ofNanos(System.nanoTime() - begin));
        } catch (RuntimeException e) {
            close(parts, e);
            throw e;
        }
    }

    private static <T> T started(Future<T> part) {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the local parts start", e);
        }
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public String registryUrl() {
        return registry.url();
    }

    public String jdbcUrl() {
        return postgres.jdbcUrl();
    }

    public String r2dbcUrl() {
        return postgres.r2dbcUrl();
    }

    public EmbeddedBroker broker() {
        return broker;
    }

    public EmbeddedRegistry registry() {
        return registry;
    }

    public EmbeddedPostgresServer postgres() {
        return postgres;
    }

    public Duration startTime() {
        return startTime;
    }

    /// One line for people.
    public String summary() {
        return String.format(
                Locale.ROOT,
                "Kafka %s, registry %s and Postgres %s are ready after %.1f s",
                broker.bootstrapServers(),
                registry.url(),
                postgres.address(),
                startTime.toMillis() / 1000.0);
    }

    @Override
    public void close() {
        var failure = new IllegalStateException("Some of the local parts did not stop cleanly");
        close(parts, failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private static void close(Deque<AutoCloseable> parts, RuntimeException failure) {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }
}
