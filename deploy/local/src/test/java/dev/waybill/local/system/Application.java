package dev.waybill.local.system;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Destination;
import dev.waybill.avro.Payload;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.serde.AvroCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// The application at the other end: configures destinations, produces requests, reads results.
final class Application implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Installation installation;
    private final AvroCodec codec;
    private final KafkaProducer<String, byte[]> producer;

    Application(Installation installation) {
        this.installation = installation;
        codec = AvroCodec.of(
                Map.of("schema.registry.url", installation.backend().registryUrl()));
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        installation.backend().bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        1,
                        "max.request.size",
                        2 << 20),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /// Puts a webhook destination straight into the topic, as any producer may.
    ///
    /// @return its id
    String putWebhook(String organization, String name, String url, DeliveryPolicy policy) {
        return put(organization, name, Kind.WEBHOOK, "webhook", Map.of("url", url), policy);
    }

    String put(
            String organization,
            String name,
            Kind kind,
            String provider,
            Map<String, String> settings,
            DeliveryPolicy policy) {
        return put(destination(organization, name, kind, provider, settings)
                .setPolicy(policy)
                .build());
    }

    /// Puts a webhook destination that receives nothing.
    void putDisabled(String organization, String name, String url) {
        var _ = put(destination(organization, name, Kind.WEBHOOK, "webhook", Map.of("url", url))
                .setEnabled(false)
                .build());
    }

    void putRule(DefaultDestinationRule rule) {
        String topic = installation.topics().rules();
        send(topic, Keys.rule(rule.getOrganizationId(), rule.getRuleId()), codec.encode(topic, rule));
    }

    private static Destination.Builder destination(
            String organization, String name, Kind kind, String provider, Map<String, String> settings) {
        return Destination.newBuilder()
                .setDestinationId(UUID.nameUUIDFromBytes(
                                (organization + "/" + name).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .toString())
                .setOrganizationId(organization)
                .setName(name)
                .setKind(kind.wireName())
                .setProvider(provider)
                .setSettings(settings)
                .setVersion(1)
                .setUpdatedAt(Instant.now());
    }

    private String put(Destination destination) {
        String topic = installation.topics().destinations();
        String id = destination.getDestinationId();
        send(topic, Keys.destination(destination.getOrganizationId(), id), codec.encode(topic, destination));
        return id;
    }

    /// Sends a request for a destination and does not wait.
    void request(String deliveryId, String organization, List<String> destinations, byte[] body) {
        request(deliveryId, organization, destinations, "application/json", body);
    }

    void request(String deliveryId, String organization, List<String> destinations, String contentType, byte[] body) {
        DeliveryRequest request = DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(organization)
                .setPayload(Payload.newBuilder()
                        .setType("test.event")
                        .setContentType(contentType)
                        .setBody(ByteBuffer.wrap(body))
                        .build())
                .setDestinationIds(destinations)
                .setRequestedAt(Instant.now())
                .build();
        send(request, Map.of());
    }

    /// Sends any request with these record headers and does not wait.
    void send(DeliveryRequest request, Map<String, String> headers) {
        String topic = installation.topics().requests();
        raw(topic, request.getOrganizationId(), codec.encode(topic, request), headers);
    }

    /// Writes any bytes, or null, under any key.
    void raw(String topic, String key, byte @Nullable [] value, Map<String, String> headers) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, value);
        headers.forEach((name, text) -> record.headers().add(name, Headers.bytes(text)));
        var _ = producer.send(record);
    }

    void flush() {
        producer.flush();
    }

    private void send(String topic, String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Results by delivery id, read committed from the start, until `enough` says so or the time is over. A
    /// delivery with more than one result has more than one in its list.
    Map<String, List<DeliveryResult>> results(Duration timeout, java.util.function.IntPredicate enough) {
        Map<String, List<DeliveryResult>> results = new HashMap<>();
        read(
                installation.topics().results(),
                timeout,
                () -> enough.test(results.size()),
                record -> results.computeIfAbsent(record.key(), _ -> new ArrayList<>())
                        .add(codec.decode(record.value(), DeliveryResult.class)));
        return results;
    }

    /// Reads a topic from its start until `done` or the time is over, and then whatever else is there.
    void read(String topic, Duration timeout, BooleanSupplier done, Consumer<ConsumerRecord<String, byte[]>> handler) {
        try (var consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Instant end = Instant.now().plus(timeout);
            while (!done.getAsBoolean() && Instant.now().isBefore(end)) {
                consumer.poll(POLL).forEach(handler);
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())
                    && Instant.now().isBefore(end.plus(timeout))) {
                consumer.poll(POLL).forEach(handler);
            }
        }
    }

    KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        installation.backend().bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    AvroCodec codec() {
        return codec;
    }

    @Override
    public void close() {
        producer.close();
        codec.close();
    }
}
