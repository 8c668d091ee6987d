package dev.waybill.worker.delivery;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.registry.SchemaRegistryClient;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.RetryPlan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// Tasks as the router writes them, and the codec to read and write them with.
final class Samples {

    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX);
    static final TopicPartition PARTITION = new TopicPartition(TOPICS.tasks(Kind.WEBHOOK), 0);

    final AvroCodec codec;
    final Records records;
    final TaskRecords tasks;
    final OutcomeRecords outcomes;

    Samples() {
        this(new InMemorySchemaRegistry());
    }

    Samples(SchemaRegistryClient registry) {
        codec = new AvroCodec(registry, SerdeSettings.defaults().withRegistryWait(Duration.ZERO));
        records = new Records(codec, TOPICS, "worker-1");
        tasks = new TaskRecords(TOPICS, records, new RetryPlan(RetryDelay.DEFAULTS));
        outcomes = new OutcomeRecords(TOPICS, records, tasks);
    }

    static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    Destination destination(String name) {
        return destination(name, null);
    }

    Destination destination(String name, @Nullable DeliveryPolicy policy) {
        return destination("acme", name, policy);
    }

    Destination destination(String organization, String name, @Nullable DeliveryPolicy policy) {
        dev.waybill.avro.Destination avro = dev.waybill.avro.Destination.newBuilder()
                .setDestinationId(id(name).toString())
                .setOrganizationId(organization)
                .setName(name)
                .setKind(Kind.WEBHOOK.wireName())
                .setProvider("scripted")
                .setSettings(Map.of())
                .setPolicy(policy)
                .setVersion(1)
                .setUpdatedAt(START)
                .build();
        return records.destination(Bytes.of(codec.encode(TOPICS.destinations(), avro)));
    }

    Delivery delivery(String id) {
        return delivery("acme", id);
    }

    Delivery delivery(String organization, String id) {
        DeliveryRequest avro = DeliveryRequest.newBuilder()
                .setDeliveryId(id)
                .setOrganizationId(organization)
                .setPayload(dev.waybill.avro.Payload.newBuilder()
                        .setType("audit.report")
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)))
                        .build())
                .setRequestedAt(START)
                .build();
        Bytes encoded = Bytes.of(codec.encode(TOPICS.requests(), avro));
        Request request = records.request(encoded);
        return new Delivery(request, encoded, new Origin(TOPICS.requests(), 0, 0), START, 2, null);
    }

    /// A task of a delivery's only route, which has not been tried yet.
    Task task(String deliveryId, Destination... candidates) {
        return new Task(delivery(deliveryId), route(1, candidates), candidates[0]);
    }

    static Route route(int routes, Destination... candidates) {
        return route(0, routes, candidates);
    }

    static Route route(int number, int routes, Destination... candidates) {
        List<String> ids =
                Arrays.stream(candidates).map(one -> one.id().toString()).toList();
        return Route.start(number, routes, null, ids);
    }

    static Work work(Task task, long offset) {
        Destination destination = task.destination();
        if (destination == null) {
            throw new IllegalArgumentException("a task at a sink has a destination");
        }
        return new Work(task, destination, PARTITION, 1, offset, new RecordHeaders(), null);
    }
}
