package dev.waybill.local.examples;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.local.fixture.Backend;
import dev.waybill.local.fixture.Backends;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Takes a worker's place at the two topics that an application sees: each request is answered twice, first in a
/// transaction that is rolled back, then for good.
final class AnsweringWorker implements AutoCloseable {

    static final int PARTITIONS = 8;

    private final Topics topics = new Topics(Backends.unique("example") + ".");
    private final List<ConsumerRecord<String, byte[]>> requests = new CopyOnWriteArrayList<>();
    private final AvroCodec codec;
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;
    private final Thread thread;
    private volatile boolean stopping;

    AnsweringWorker(Backend backend) throws ExecutionException, InterruptedException {
        Map<String, Object> kafka = Map.of("bootstrap.servers", backend.bootstrapServers());
        codec = AvroCodec.of(Map.of("schema.registry.url", backend.registryUrl()));
        codec.prepare(topics.requests(), DeliveryRequest.getClassSchema());
        codec.prepare(topics.results(), DeliveryResult.getClassSchema());
        try (var admin = Admin.create(kafka)) {
            admin.createTopics(List.of(
                            new NewTopic(topics.requests(), PARTITIONS, (short) 1),
                            new NewTopic(topics.results(), PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        backend.bootstrapServers(),
                        "group.id",
                        topics.prefix() + "answers",
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        backend.bootstrapServers(),
                        "transactional.id",
                        topics.prefix() + "answers",
                        "compression.type",
                        "gzip"),
                new StringSerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        thread = Thread.ofPlatform().name("answering-worker").start(this::answer);
    }

    String prefix() {
        return topics.prefix();
    }

    List<ConsumerRecord<String, byte[]>> requests() {
        return requests;
    }

    DeliveryRequest decode(ConsumerRecord<String, byte[]> request) {
        return codec.decode(request.value(), DeliveryRequest.class);
    }

    private void answer() {
        consumer.subscribe(List.of(topics.requests()));
        while (!stopping) {
            for (ConsumerRecord<String, byte[]> request : consumer.poll(Duration.ofMillis(100))) {
                requests.add(request);
                write(request, "FAILED");
                producer.abortTransaction();
                write(request, "DELIVERED");
                producer.commitTransaction();
            }
        }
    }

    private void write(ConsumerRecord<String, byte[]> request, String status) {
        DeliveryResult result = result(request, status);
        producer.beginTransaction();
        byte[] value = codec.encode(topics.results(), result);
        var written = producer.send(new ProducerRecord<>(topics.results(), result.getDeliveryId(), value));
        producer.flush();
        written.resultNow();
    }

    private DeliveryResult result(ConsumerRecord<String, byte[]> record, String status) {
        DeliveryRequest request = decode(record);
        return DeliveryResult.newBuilder()
                .setDeliveryId(request.getDeliveryId())
                .setOrganizationId(request.getOrganizationId())
                .setStatus(status)
                .setPayloadType(request.getPayload().getType())
                .setPayloadSize(request.getPayload().getBody().remaining())
                .setRequestTopic(record.topic())
                .setRequestPartition(record.partition())
                .setRequestOffset(record.offset())
                .setQueuedAt(Instant.ofEpochMilli(record.timestamp()))
                .setCompletedAt(Instant.ofEpochMilli(record.timestamp()))
                .build();
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the answering worker stops", e);
        }
        consumer.close();
        producer.close();
        codec.close();
    }
}
