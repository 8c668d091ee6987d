package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.serde.AvroCodec;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Waits for a result by reading the results topic from its end.
///
/// Each wait has a consumer of its own, so that a worker that nobody asks to wait reads nothing.
final class ResultTail implements ResultWatch {

    /// A consumer takes a thread, connections and some megabytes.
    private static final int WAITING_MAX = 32;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ASK = Duration.ofSeconds(10);

    private final String topic;
    private final AvroCodec codec;
    private final Map<String, Object> config;
    private final Semaphore slots = new Semaphore(WAITING_MAX);

    /// @param kafka settings of consumers
    ResultTail(String topic, AvroCodec codec, Map<String, Object> kafka) {
        this.topic = topic;
        this.codec = codec;
        this.config = new HashMap<>(kafka);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
    }

    @Override
    public Expected expect(String deliveryId) {
        if (!slots.tryAcquire()) {
            throw new ProblemException(
                    HttpStatus.TOO_MANY_REQUESTS, "at most " + WAITING_MAX + " requests wait for results at a time");
        }
        Consumer<String, byte[]> consumer = null;
        try {
            consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
            // Whoever writes the result may partition as it likes, so that all partitions are watched.
            List<TopicPartition> partitions = consumer.partitionsFor(topic, ASK).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            return new Tail(deliveryId, consumer);
        } catch (RuntimeException e) {
            if (consumer != null) {
                consumer.close();
            }
            slots.release();
            throw e;
        }
    }

    private final class Tail implements Expected {

        private final String deliveryId;
        private final Consumer<String, byte[]> consumer;

        Tail(String deliveryId, Consumer<String, byte[]> consumer) {
            this.deliveryId = deliveryId;
            this.consumer = consumer;
        }

        @Override
        public Optional<DeliveryResult> await(Duration patience) {
            long deadline = System.nanoTime() + patience.toNanos();
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    if (deliveryId.equals(record.key()) && record.value() != null) {
                        return Optional.of(codec.decode(record.value(), DeliveryResult.class));
                    }
                }
            }
            return Optional.empty();
        }

        @Override
        public void close() {
            consumer.close();
            slots.release();
        }
    }
}
