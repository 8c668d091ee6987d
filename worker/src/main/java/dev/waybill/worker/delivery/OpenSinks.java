package dev.waybill.worker.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sinks that are open: one for each destination that had tasks here lately.
///
/// It is that of the version last asked for. A task of another version opens another one in its place, and the former
/// is closed when its calls have ended. While tasks of both versions come, for as long as it takes every router to
/// hear of a change, they take turns: opening costs little.
final class OpenSinks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenSinks.class);

    /// A sink is small; what is costly (connections) belongs to its provider.
    static final int OPEN_MAX = 20_000;

    static final Duration IDLE_MAX = Duration.ofMinutes(10);

    private final Map<String, SinkProvider> providers;
    private final Cache<UUID, Lease> open;

    OpenSinks(Collection<SinkProvider> providers) {
        this.providers =
                providers.stream().collect(Collectors.toUnmodifiableMap(SinkProvider::provider, Function.identity()));
        this.open = Caffeine.newBuilder()
                .maximumSize(OPEN_MAX)
                .expireAfterAccess(IDLE_MAX)
                .scheduler(Scheduler.systemScheduler())
                .executor(Runnable::run)
                .<UUID, Lease>removalListener((_, lease, _) -> closeIfThere(lease))
                .build();
    }

    /// The sink of a destination, opened if need be; give it back with [Lease#release].
    ///
    /// @throws ConfigException if the destination's settings cannot work
    Lease lease(Destination destination) {
        Lease known = open.getIfPresent(destination.id());
        while (known == null || !known.isFor(destination) || !known.acquire()) {
            known = open.asMap().compute(destination.id(), (_, there) -> current(there, destination));
        }
        return known;
    }

    private Lease current(@Nullable Lease there, Destination destination) {
        return there != null && there.isFor(destination) && !there.isEvicted()
                ? there
                : new Lease(destination, open(destination));
    }

    /// How much company a delivery may have; null if it goes alone, as one by reference always does: it may
    /// be large, and it takes its time to get.
    @Nullable
    BatchLimits batches(Destination destination, Delivery delivery) {
        SinkProvider provider = provider(destination);
        return provider == null || delivery.request().payload().body() == null
                ? null
                : provider.batches(destination, delivery);
    }

    private @Nullable SinkProvider provider(Destination destination) {
        SinkProvider provider = providers.get(destination.provider());
        return provider == null || provider.kind() != destination.kind() ? null : provider;
    }

    private Sink open(Destination destination) {
        SinkProvider provider = provider(destination);
        if (provider == null) {
            throw new ConfigException(
                    "provider",
                    destination.provider(),
                    "no such provider of kind " + destination.kind().wireName() + " is in this worker");
        }
        return provider.open(destination);
    }

    private static void closeIfThere(@Nullable Lease lease) {
        if (lease != null) {
            lease.evict();
        }
    }

    @Override
    public void close() {
        open.invalidateAll();
        open.cleanUp();
    }

    /// A sink that stays open while somebody uses it.
    static final class Lease {

        private final Destination destination;
        private final Sink sink;
        private int users;
        private boolean evicted;

        Lease(Destination destination, Sink sink) {
            this.destination = destination;
            this.sink = sink;
        }

        Sink sink() {
            return sink;
        }

        private boolean isFor(Destination wanted) {
            return destination.isSameVersion(wanted);
        }

        private synchronized boolean isEvicted() {
            return evicted;
        }

        private synchronized boolean acquire() {
            if (evicted) {
                return false;
            }
            users++;
            return true;
        }

        void release() {
            boolean last;
            synchronized (this) {
                users--;
                last = evicted && users == 0;
            }
            if (last) {
                close();
            }
        }

        private void evict() {
            boolean unused;
            synchronized (this) {
                unused = !evicted && users == 0;
                evicted = true;
            }
            if (unused) {
                close();
            }
        }

        /// Its user has done what it wanted; that the sink cannot be closed is no failure of that.
        private void close() {
            try {
                sink.close();
            } catch (RuntimeException e) {
                LOG.warn("a sink could not be closed", e);
            }
        }
    }
}
