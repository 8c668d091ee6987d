package dev.waybill.local.embedded.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The compacted topic that holds the registry's events. One process writes it.
final class SchemasTopic implements AutoCloseable {

    static final String NAME = "_schemas";

    /// A write that the broker has not taken by then is reported as failed. A broker restart takes 3 s.
    private static final int WRITE_TIMEOUT_MS = 15_000;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final TopicPartition PARTITION = new TopicPartition(NAME, 0);

    private final String bootstrapServers;
    private final KafkaProducer<String, String> producer;

    SchemasTopic(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "max.block.ms",
                        WRITE_TIMEOUT_MS,
                        "request.timeout.ms",
                        WRITE_TIMEOUT_MS / 2,
                        "delivery.timeout.ms",
                        WRITE_TIMEOUT_MS,
                        "linger.ms",
                        0),
                new StringSerializer(),
                new StringSerializer());
    }

    /// Creates the topic if need be, and hands over what it holds, in order, to its end.
    void replay(Consumer<RegistryEvent> events) {
        create();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers, "enable.auto.commit", false),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
            while (consumer.position(PARTITION) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                    EventJson.parse(record.key(), record.value()).ifPresent(events);
                }
            }
        }
    }

    /// Returns when the event is durable.
    void append(RegistryEvent event) {
        try {
            producer.send(new ProducerRecord<>(NAME, 0, EventJson.key(event), EventJson.value(event)))
                    .get();
        } catch (ExecutionException e) {
            throw RegistryProblem.storeFailed(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryProblem.storeFailed("interrupted");
        }
    }

    private void create() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            var topic = new NewTopic(NAME, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("The registry's topic " + NAME + " cannot be created", e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the registry starts", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
