package dev.waybill.topology;

import dev.waybill.topology.model.Bytes;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/// The global store of one configuration topic. Its state is its part of the
/// [view][dev.waybill.topology.routing.ConfigurationView]:
/// a record is kept once, decoded and indexed, and not a second time as the bytes that a key-value store would hold.
///
/// It is in memory, so Streams fills it from the beginning of the topic at every start, through the topic's processor.
final class ConfigurationStore implements StateStore {

    private final String name;
    private final BiConsumer<String, Bytes> put;
    private final Consumer<String> remove;
    private volatile boolean open;

    private ConfigurationStore(String name, BiConsumer<String, Bytes> put, Consumer<String> remove) {
        this.name = name;
        this.put = put;
        this.remove = remove;
    }

    /// Takes a record's key and value.
    ///
    /// @throws dev.waybill.topology.codec.InvalidRecordException if it cannot be used; what was there stays
    void put(String key, Bytes value) {
        put.accept(key, value);
    }

    /// Takes the key of a record without a value.
    void remove(String key) {
        remove.accept(key);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        context.register(root, (_, _) -> {
            throw new IllegalStateException(name + " is filled through its processor, which knows bad records");
        });
        open = true;
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /// Makes the store.
    ///
    /// @param put    decodes a record's value and puts it into the view
    /// @param remove takes a key out of the view
    record Builder(String name, BiConsumer<String, Bytes> put, Consumer<String> remove)
            implements StoreBuilder<ConfigurationStore> {

        @Override
        public ConfigurationStore build() {
            return new ConfigurationStore(name, put, remove);
        }

        @Override
        public StoreBuilder<ConfigurationStore> withCachingEnabled() {
            throw new UnsupportedOperationException("what is read is the view");
        }

        @Override
        public StoreBuilder<ConfigurationStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<ConfigurationStore> withLoggingEnabled(Map<String, String> config) {
            throw new UnsupportedOperationException("the topic is the changelog");
        }

        @Override
        public StoreBuilder<ConfigurationStore> withLoggingDisabled() {
            return this;
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }
    }
}
