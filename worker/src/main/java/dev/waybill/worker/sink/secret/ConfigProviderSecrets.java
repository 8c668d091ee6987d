package dev.waybill.worker.sink.secret;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretReference;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.utils.Utils;

/// Secrets from Kafka's ConfigProviders.
///
/// Nothing it throws names more than the reference; causes are left out, because a provider's message may quote
/// what it read.
public final class ConfigProviderSecrets implements Secrets, AutoCloseable {

    /// What the key of a replaced secret ends in; [SecretStore] writes it.
    static final String PREVIOUS = ".previous";

    /// Saves a file or vault from one read per attempt; a rotated secret holds this much later at most.
    public static final Duration CACHE_FOR = Duration.ofSeconds(5);

    /// More secrets than a worker meets within [#CACHE_FOR].
    private static final int CACHE_MAX = 10_000;

    private record CacheKey(String organizationId, String reference, boolean previous) {}

    private final Map<String, ConfigProvider> providers;
    private final SecretScope scope;
    private final Cache<CacheKey, Optional<String>> cache;

    private ConfigProviderSecrets(Map<String, ConfigProvider> providers, SecretScope scope, Duration cacheFor) {
        this.providers = Map.copyOf(providers);
        this.scope = scope;
        this.cache = Caffeine.newBuilder()
                .expireAfterWrite(cacheFor)
                .maximumSize(cacheFor.isZero() ? 0 : CACHE_MAX)
                .build();
    }

    /// Secrets as the worker's configuration says.
    ///
    /// @param properties all of it; `config.providers…` is read
    /// @param root       `secrets.root`
    /// @param allow      `secrets.allow`; empty means each organization's directory below the root
    /// @param cacheFor   how long a secret is remembered; zero means not at all
    public static ConfigProviderSecrets of(
            Map<String, String> properties, Path root, List<String> allow, Duration cacheFor) {
        return new ConfigProviderSecrets(
                ConfigProviders.load(properties, root),
                new SecretScope(allow.isEmpty() ? List.of(SecretScope.directoryBelow(root)) : allow),
                cacheFor);
    }

    @Override
    public void check(String organizationId, String reference) {
        SecretReference permitted = scope.permitted(organizationId, reference);
        if (!providers.containsKey(permitted.provider())) {
            throw new SecretNotAllowedException("config.providers has no " + permitted.provider());
        }
    }

    @Override
    public String resolve(String organizationId, String reference) {
        return cached(organizationId, reference, false)
                .orElseThrow(() -> new SecretUnavailableException("there is no secret " + reference, null));
    }

    @Override
    public Optional<String> previous(String organizationId, String reference) {
        return cached(organizationId, reference, true);
    }

    /// Only what was permitted gets into the cache. Reading happens outside of it, so that no lock of it is
    /// held while a provider waits for a disk or a vault.
    private Optional<String> cached(String organizationId, String reference, boolean previous) {
        CacheKey key = new CacheKey(organizationId, reference, previous);
        Optional<String> known = cache.getIfPresent(key);
        if (known != null) {
            return known;
        }
        SecretReference permitted = scope.permitted(organizationId, reference);
        Optional<String> read = read(previous ? permitted.withKey(permitted.key() + PREVIOUS) : permitted);
        cache.put(key, read);
        return read;
    }

    private Optional<String> read(SecretReference reference) {
        ConfigProvider provider = providers.get(reference.provider());
        if (provider == null) {
            throw new SecretNotAllowedException("config.providers has no " + reference.provider());
        }
        if (provider instanceof DirectoryConfigProvider) {
            requireInside(reference);
        }
        try {
            String value = provider.get(reference.path(), Set.of(reference.key()))
                    .data()
                    .get(reference.key());
            return Optional.ofNullable(value).map(String::stripTrailing);
        } catch (RuntimeException e) {
            throw new SecretUnavailableException(
                    "the secret " + reference + " cannot be read ("
                            + e.getClass().getSimpleName() + ")",
                    null);
        }
    }

    /// A link that leaves the directory would read any file of the worker. Links inside it are usual:
    /// Kubernetes mounts secrets so.
    private static void requireInside(SecretReference reference) {
        Path directory = Path.of(reference.path());
        Path file = directory.resolve(reference.key());
        try {
            if (Files.exists(file) && !file.toRealPath().startsWith(directory.toRealPath())) {
                throw new SecretNotAllowedException("the secret " + reference + " leads out of its directory");
            }
        } catch (IOException e) {
            throw new SecretUnavailableException("the secret " + reference + " cannot be read", null);
        }
    }

    @Override
    public void close() {
        providers.values().forEach(provider -> Utils.closeQuietly(provider, "config provider"));
    }
}
