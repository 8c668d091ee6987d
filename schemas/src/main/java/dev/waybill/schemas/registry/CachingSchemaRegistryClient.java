package dev.waybill.schemas.registry;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.avro.Schema;

/// Remembers what can no longer change: the schema of an id, and the id of a schema in a subject. That an
/// id is unknown is remembered briefly, so that a stream of poison does not become a stream of requests.
///
/// Two threads may ask the registry the same at the same time; nobody holds a lock while waiting for it.
public final class CachingSchemaRegistryClient implements SchemaRegistryClient {

    /// Per direction. Waybill has about twenty schemas with a few versions each; the bound only matters when a producer
    /// registers a new schema per record. A full cache starts anew.
    static final int MAX_ENTRIES = 1_000;

    /// How long a denied id stays denied without asking again. Producers register before they write, so waiting longer
    /// gains nothing, and a registry that lags behind its leader has caught up by then.
    static final Duration DENIAL_KEPT = Duration.ofSeconds(5);

    private record Registration(String subject, Schema schema) {}

    private record Denial(UnknownSchemaException exception, long untilMillis) {}

    private final SchemaRegistryClient registry;
    private final InstantSource clock;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Integer, Denial> denials = new ConcurrentHashMap<>();
    private final Map<Registration, Integer> registered = new ConcurrentHashMap<>();
    private final Map<Registration, Integer> found = new ConcurrentHashMap<>();

    public CachingSchemaRegistryClient(SchemaRegistryClient registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public int register(String subject, Schema schema) {
        var key = new Registration(subject, schema);
        Integer known = registered.get(key);
        return known != null ? known : remember(registered, key, () -> registry.register(subject, schema));
    }

    @Override
    public Optional<Integer> lookUp(String subject, Schema schema) {
        var key = new Registration(subject, schema);
        Integer known = found.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Integer> id = registry.lookUp(subject, schema);
        id.ifPresent(value -> remember(found, key, () -> value));
        return id;
    }

    @Override
    public Optional<RegisteredSchema> latest(String subject) {
        return registry.latest(subject);
    }

    @Override
    public Schema schemaById(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Denial denial = denials.get(id);
        if (denial != null && clock.millis() < denial.untilMillis()) {
            throw denial.exception();
        }
        try {
            return remember(schemas, id, () -> registry.schemaById(id));
        } catch (UnknownSchemaException e) {
            remember(denials, id, () -> new Denial(e, clock.millis() + DENIAL_KEPT.toMillis()));
            throw e;
        }
    }

    @Override
    public void close() {
        registry.close();
    }

    private static <K, V> V remember(Map<K, V> cache, K key, Supplier<V> value) {
        V made = value.get();
        if (cache.size() >= MAX_ENTRIES) {
            cache.clear();
        }
        cache.put(key, made);
        return made;
    }
}
