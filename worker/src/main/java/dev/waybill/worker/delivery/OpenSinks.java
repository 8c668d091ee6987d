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

/// The sinks that are open: one for each version of a destination that had tasks here lately.
final class OpenSinks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenSinks.class);

    /// A sink is small; what is costly (connections) belongs to its provider.
    static final int OPEN_MAX = 20_000;

    static final Duration IDLE_MAX = Duration.ofMinutes(10);

    private record Key(UUID destination, long version) {}

    private final Map<String, SinkProvider> providers;
    private final Cache<Key, Lease> open;

    OpenSinks(Collection<SinkProvider> providers) {
        this.providers =
                providers.stream().collect(Collectors.toUnmodifiableMap(SinkProvider::provider, Function.identity()));
        this.open = Caffeine.newBuilder()
                .maximumSize(OPEN_MAX)
                .expireAfterAccess(IDLE_MAX)
                .scheduler(Scheduler.systemScheduler())
                .executor(Runnable::run)
                .<Key, Lease>removalListener((_, lease, _) -> closeIfThere(lease))
                .build();
    }

    /// The sink of a destination, opened if need be; give it back with [Lease#release].
    ///
    /// @throws ConfigException if the destination's settings cannot work
    Lease lease(Destination destination) {
        Key key = new Key(destination.id(), destination.version());
        while (true) {
            Lease lease = open.get(key, _ -> new Lease(open(destination)));
            if (lease.acquire()) {
                return lease;
            }
            // It was evicted between the two calls.
            open.invalidate(key);
        }
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

        private final Sink sink;
        private int users;
        private boolean evicted;

        Lease(Sink sink) {
            this.sink = sink;
        }

        Sink sink() {
            return sink;
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
