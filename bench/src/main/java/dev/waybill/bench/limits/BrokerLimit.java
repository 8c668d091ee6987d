package dev.waybill.bench.limits;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Payloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// One producer and one consumer against the broker.
public final class BrokerLimit {

    private static final String TOPIC = "limit";
    private static final int PARTITIONS = 12;
    private static final int PAYLOADS = 1_000;
    private static final Duration POLL = Duration.ofMillis(100);

    private BrokerLimit() {}

    /// Records a second.
    public record Measured(double produced, double consumed) {}

    /// Writes so many records of 1 KiB, and reads them.
    public static Measured measure(TestBed bed, int records) {
        createTopic(bed);
        return new Measured(records / produce(bed, records), records / consume(bed, records));
    }

    private static void createTopic(TestBed bed) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bed.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static double produce(TestBed bed, int records) {
        List<byte[]> payloads = new ArrayList<>();
        IntStream.range(0, PAYLOADS).forEach(i -> payloads.add(Payloads.of(i)));
        try (var producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bed.bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        5,
                        "batch.size",
                        128 << 10,
                        "buffer.memory",
                        128L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            long start = System.nanoTime();
            for (int i = 0; i < records; i++) {
                var _ = producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, payloads.get(i % PAYLOADS)));
            }
            producer.flush();
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static double consume(TestBed bed, int records) {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bed.bootstrapServers(),
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(i -> new TopicPartition(TOPIC, i))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long start = System.nanoTime();
            for (int read = 0; read < records; ) {
                read += consumer.poll(POLL).count();
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
