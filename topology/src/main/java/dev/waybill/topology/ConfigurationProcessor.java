package dev.waybill.topology;

import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies the records of one configuration topic, in their order, on the one thread of the global stores. At a start
/// it
/// sees the whole topic before any request is routed, because its store is in memory.
///
/// A record that cannot be used is counted and logged; what was there before stays.
final class ConfigurationProcessor implements Processor<byte[], byte[], Void, Void> {

    private static final Logger log = LoggerFactory.getLogger(ConfigurationProcessor.class);

    /// One round takes as long as the decoder waits, a minute by default. This thread cannot be replaced, only the
    /// whole router restarted, so it is far more patient than those that route.
    private static final int REGISTRY_ROUNDS = 15;

    private final String store;
    private final LongConsumer applied;
    private final RouterMetrics metrics;
    private @Nullable ProcessorContext<Void, Void> context;

    /// @param store   name of the [ConfigurationStore] that takes the records
    /// @param applied is told how far the topic has been applied: the offset of the next record
    ConfigurationProcessor(String store, LongConsumer applied, RouterMetrics metrics) {
        this.store = store;
        this.applied = applied;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Void, Void> given) {
        context = given;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ProcessorContext<Void, Void> current = ReadingProcessor.initialized(context);
        try {
            apply(current.getStateStore(store), record);
        } catch (RegistryUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            String name = current.recordMetadata().map(m -> m.topic()).orElse("");
            metrics.badConfiguration(name);
            log.warn(
                    "refused a record of {} at offset {}, keeping what was there: {}",
                    name,
                    current.recordMetadata().map(m -> m.offset()).orElse(-1L),
                    e.getMessage());
        }
        current.recordMetadata().ifPresent(metadata -> applied.accept(metadata.offset() + 1));
    }

    private void apply(ConfigurationStore configuration, Record<byte[], byte[]> record) {
        if (record.key() == null) {
            throw new InvalidRecordException("the record has no key");
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            configuration.remove(key);
        } else {
            put(configuration, key, Bytes.of(record.value()));
        }
    }

    private void put(ConfigurationStore configuration, String key, Bytes value) {
        for (int round = 1; ; round++) {
            try {
                configuration.put(key, value);
                return;
            } catch (RegistryUnavailableException e) {
                if (round == REGISTRY_ROUNDS) {
                    throw e;
                }
                log.warn("the schema registry is away; configuration waits for it: {}", e.getMessage());
            }
        }
    }
}
