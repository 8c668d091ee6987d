package dev.waybill.worker.sink.aws;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// Clients of the SDK, made when first needed and shared by all destinations that need the same one: they hold neither
/// credentials nor connections of ours, only how to sign and where the service is.
///
/// One that is put out while a call is in it does no harm: closing ends timers of the SDK that we do not use.
public final class ClientCache<K, C extends SdkAutoCloseable> implements AutoCloseable {

    /// There are fewer regions than this, and own endpoints are rare. A client takes some ten KiB.
    private static final int CLIENTS_MAX = 64;

    private final Cache<K, C> clients = Caffeine.newBuilder()
            .maximumSize(CLIENTS_MAX)
            .removalListener(ClientCache::close)
            .build();
    private final Function<K, C> maker;

    /// @param maker opens no connection
    public ClientCache(Function<K, C> maker) {
        this.maker = maker;
    }

    public C get(K key) {
        return clients.get(key, maker);
    }

    private static void close(@Nullable Object key, @Nullable Object client, RemovalCause cause) {
        if (client instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }

    /// Closes all of them; nobody has one by now.
    @Override
    public void close() {
        clients.asMap().values().forEach(SdkAutoCloseable::close);
    }
}
