package dev.waybill.worker.ops;

import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.schemas.serde.AvroCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Feeds the view from the configuration topics, on a thread of its own, from their beginning and then for ever.
public final class ConfigurationTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationTail.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final Topics topics;
    private final ConfigurationFeed feed;
    private final Consumer<String, byte[]> consumer;
    private final Thread thread;
    private volatile boolean caughtUp;
    private volatile boolean closed;

    /// @param kafka settings of consumers
    ConfigurationTail(Topics topics, AvroCodec codec, ConfigurationView view, Map<String, Object> kafka) {
        this.topics = topics;
        this.feed = new ConfigurationFeed(topics, codec, view);
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        this.consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("configuration-tail").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Whether everything that was there at the start has been read.
    public boolean isCaughtUp() {
        return caughtUp;
    }

    private void run() {
        List<TopicPartition> partitions = List.of(
                new TopicPartition(topics.destinations(), 0),
                new TopicPartition(topics.rules(), 0),
                new TopicPartition(topics.templates(), 0),
                new TopicPartition(topics.destinationHealth(), 0),
                new TopicPartition(topics.destinationTests(), 0));
        try (consumer) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            @Nullable Map<TopicPartition, Long> ends = null;
            while (!closed) {
                try {
                    ends = caughtUp || ends != null ? ends : consumer.endOffsets(partitions);
                    consumer.poll(POLL).forEach(this::apply);
                    caughtUp = caughtUp || (ends != null && reached(ends));
                } catch (WakeupException e) {
                    throw e;
                } catch (RegistryUnavailableException e) {
                    LOG.warn("configuration cannot be decoded yet: {}", e.getMessage());
                    pause();
                } catch (KafkaException e) {
                    LOG.warn("configuration cannot be read yet: {}", e.getMessage());
                    pause();
                }
            }
        } catch (WakeupException _) {
            // Closing.
        }
    }

    private boolean reached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void apply(ConsumerRecord<String, byte[]> record) {
        while (!closed) {
            try {
                feed.apply(record);
                return;
            } catch (RegistryUnavailableException e) {
                LOG.warn("configuration waits for the schema registry: {}", e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE);
        } catch (InterruptedException _) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_WAIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
