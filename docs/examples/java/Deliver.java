import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Payload;
import dev.waybill.schemas.serde.AvroDeserializer;
import dev.waybill.schemas.serde.AvroSerializer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Asks Waybill for one delivery and waits for its result. With the libraries of the distribution:
///
///     java -cp 'waybill-<version>/lib/*' Deliver.java localhost:9092 http://localhost:8081 acme my-hook
///
/// Without destinations the organization's rules decide. Confluent's KafkaAvroSerializer and KafkaAvroDeserializer do as
/// well: only the two class names change.
public final class Deliver {

    private static final String PREFIX = System.getProperty("prefix", "delivery.");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 3) {
            System.err.println("Usage: Deliver BROKERS REGISTRY_URL ORGANIZATION [DESTINATION...]");
            System.exit(2);
        }
        var properties = new Properties();
        properties.put("bootstrap.servers", arguments[0]);
        properties.put("schema.registry.url", arguments[1]);
        // The worker registers its schemas; a producer only looks up the one of the topic.
        properties.put("auto.register.schemas", "false");
        properties.put("specific.avro.reader", "true");
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", AvroSerializer.class.getName());
        properties.put("key.deserializer", StringDeserializer.class.getName());
        properties.put("value.deserializer", AvroDeserializer.class.getName());
        // Results are written in transactions: without this, one that was rolled back would be read, too.
        properties.put("isolation.level", "read_committed");

        DeliveryRequest request = request(arguments[2], List.of(arguments).subList(3, arguments.length));
        try (var results = new KafkaConsumer<String, DeliveryResult>(properties);
                var requests = new KafkaProducer<String, DeliveryRequest>(properties)) {
            fromNowOn(results, PREFIX + "results");
            requests.send(new ProducerRecord<>(PREFIX + "requests", request.getOrganizationId(), request))
                    .get();
            System.out.println("sent " + request.getDeliveryId());
            System.out.println("result " + await(results, request.getDeliveryId()));
        }
    }

    private static DeliveryRequest request(String organizationId, List<String> destinations) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId("java-" + UUID.randomUUID())
                .setOrganizationId(organizationId)
                .setDestinationIds(destinations)
                .setPayload(Payload.newBuilder()
                        .setType("example.greeting")
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap("{\"greeting\":\"hello\"}".getBytes(StandardCharsets.UTF_8)))
                        .build())
                .setMetadata(Map.of("source", "java-example"))
                .setRequestedAt(Instant.now())
                .build();
    }

    /// Positions are fixed before the request is sent, so that the result cannot be missed.
    private static void fromNowOn(KafkaConsumer<?, ?> consumer, String topic) {
        var partitions = consumer.partitionsFor(topic).stream()
                .map((PartitionInfo info) -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    private static DeliveryResult await(KafkaConsumer<String, DeliveryResult> results, String deliveryId) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<String, DeliveryResult> record : results.poll(Duration.ofMillis(200))) {
                if (record.key().equals(deliveryId)) {
                    return record.value();
                }
            }
        }
        throw new IllegalStateException("No result for " + deliveryId + " within " + PATIENCE.toSeconds() + " s");
    }
}
