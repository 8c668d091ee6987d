package dev.waybill.bench.load;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.Destination;
import dev.waybill.avro.Payload;
import dev.waybill.bench.bed.Installation;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Asks Waybill, as any application would: one Avro record for each delivery, to a destination named by its id.
public final class WaybillRequests implements AutoCloseable {

    private final Installation installation;
    private final Topics topics;
    private final AvroCodec codec;

    public WaybillRequests(Installation installation) {
        this.installation = installation;
        this.topics = installation.topics();
        this.codec =
                AvroCodec.of(Map.of("schema.registry.url", installation.bed().registryUrl()));
    }

    /// Writes the customers' destinations into their topic.
    public void configure(Population population, @Nullable DeliveryPolicy policy) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", installation.bed().bootstrapServers(), "acks", "all", "linger.ms", 5),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (Population.Customer customer : population.customers()) {
                var _ = producer.send(destination(customer, policy));
            }
        }
    }

    private ProducerRecord<String, byte[]> destination(Population.Customer customer, @Nullable DeliveryPolicy policy) {
        String id = customer.destination().toString();
        Destination destination = Destination.newBuilder()
                .setDestinationId(id)
                .setOrganizationId(customer.organization())
                .setName("hook-" + id)
                .setKind(Kind.WEBHOOK.wireName())
                .setProvider("webhook")
                .setSettings(Map.of("url", customer.url()))
                .setPolicy(policy)
                .setVersion(1)
                .setUpdatedAt(Instant.now())
                .build();
        return new ProducerRecord<>(
                topics.destinations(),
                Keys.destination(customer.organization(), id),
                codec.encode(topics.destinations(), destination));
    }

    /// Requests for these customers in turn.
    public Requests to(Population population) {
        return (id, number) -> request(id, population.of(number), Payloads.of(number));
    }

    private ProducerRecord<String, byte[]> request(String id, Population.Customer customer, byte[] body) {
        DeliveryRequest request = DeliveryRequest.newBuilder()
                .setDeliveryId(id)
                .setOrganizationId(customer.organization())
                .setPayload(Payload.newBuilder()
                        .setType("bench.event")
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap(body))
                        .build())
                .setDestinationIds(List.of(customer.destination().toString()))
                .setRequestedAt(Instant.now())
                .build();
        return new ProducerRecord<>(
                topics.requests(), customer.organization(), codec.encode(topics.requests(), request));
    }

    AvroCodec codec() {
        return codec;
    }

    @Override
    public void close() {
        codec.close();
    }
}
