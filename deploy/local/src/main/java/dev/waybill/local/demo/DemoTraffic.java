package dev.waybill.local.demo;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Payload;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroDeserializer;
import dev.waybill.schemas.serde.AvroSerializer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The application's side: produces requests, consumes results. What a user's own code would look like.
final class DemoTraffic {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX);
    private final Map<String, Object> common;

    DemoTraffic(String bootstrapServers, String registryUrl) {
        common = Map.of("bootstrap.servers", bootstrapServers, "schema.registry.url", registryUrl);
    }

    void send(List<Scenario> scenarios) {
        try (AvroSerializer<DeliveryRequest> serializer = new AvroSerializer<>()) {
            serializer.configure(common, false);
            Map<String, Object> config = new HashMap<>(common);
            config.put("acks", "all");
            config.remove("schema.registry.url");
            try (var producer = new KafkaProducer<>(config, new StringSerializer(), serializer)) {
                for (Scenario scenario : scenarios) {
                    var _ = producer.send(
                            new ProducerRecord<>(topics.requests(), DemoSetup.ORGANIZATION, request(scenario)));
                }
            }
        }
    }

    private static DeliveryRequest request(Scenario scenario) {
        byte[] body = ("{\"delivery\":\"" + scenario.deliveryId() + "\",\"amount\":\"42.00\"}")
                .getBytes(StandardCharsets.UTF_8);
        return DeliveryRequest.newBuilder()
                .setDeliveryId(scenario.deliveryId())
                .setOrganizationId(DemoSetup.ORGANIZATION)
                .setPayload(Payload.newBuilder()
                        .setType(scenario.payloadType())
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap(body))
                        .build())
                .setDestinationIds(scenario.destinations())
                .setIdempotencyKey(scenario.idempotencyKey())
                .setRequestedAt(Instant.now())
                .setRequestedBy("demo")
                .build();
    }

    /// Consumes results until there is one for each scenario or the time is over.
    ///
    /// @param seen told about each as it comes
    /// @return status by delivery id
    Map<String, String> results(int expected, Duration timeout, Consumer<DeliveryResult> seen) {
        Map<String, String> results = new HashMap<>();
        try (AvroDeserializer<DeliveryResult> deserializer = new AvroDeserializer<>()) {
            deserializer.configure(
                    Map.of("schema.registry.url", common.get("schema.registry.url"), "specific.avro.reader", true),
                    false);
            try (var consumer = consumer(new StringDeserializer(), deserializer)) {
                readFromStart(consumer, topics.results());
                Instant end = Instant.now().plus(timeout);
                while (results.size() < expected && Instant.now().isBefore(end)) {
                    for (ConsumerRecord<String, DeliveryResult> record : consumer.poll(POLL)) {
                        if (results.put(record.key(), record.value().getStatus()) == null) {
                            seen.accept(record.value());
                        }
                    }
                }
            }
        }
        return results;
    }

    /// Keys of what is in the dead letters now.
    List<String> deadLetters() {
        List<String> keys = new ArrayList<>();
        try (var consumer = consumer(new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = readFromStart(consumer, topics.deadLetters());
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(record -> keys.add(record.key()));
            }
        }
        return keys;
    }

    private <V> KafkaConsumer<String, V> consumer(
            StringDeserializer keys, org.apache.kafka.common.serialization.Deserializer<V> values) {
        // read_committed, because Waybill writes results in transactions.
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                common.get("bootstrap.servers"),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false);
        return new KafkaConsumer<>(config, keys, values);
    }

    private static List<TopicPartition> readFromStart(KafkaConsumer<?, ?> consumer, String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo info : consumer.partitionsFor(topic)) {
            partitions.add(new TopicPartition(topic, info.partition()));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return partitions;
    }
}
