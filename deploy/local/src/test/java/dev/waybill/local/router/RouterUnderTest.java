package dev.waybill.local.router;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Destination;
import dev.waybill.local.fixture.Backend;
import dev.waybill.local.fixture.Backends;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.topology.RouterMetrics;
import dev.waybill.topology.RouterSettings;
import dev.waybill.topology.RouterStreams;
import dev.waybill.topology.RouterTopology;
import dev.waybill.topology.RouterTracing;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/// A router on topics of its own, started and stopped as often as a test likes.
final class RouterUnderTest implements AutoCloseable {

    static final int PARTITIONS = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Topics topics = new Topics(Backends.unique("router") + ".");
    private final Backend backend;
    private final AvroCodec codec;
    private final Records records;
    private final KafkaProducer<String, byte[]> producer;
    private final Path state = Path.of("target", topics.prefix() + "state");
    private @Nullable KafkaStreams streams;
    private @Nullable RouterTopology topology;

    RouterUnderTest(Backend backend) throws ExecutionException, InterruptedException {
        this.backend = backend;
        codec = AvroCodec.of(Map.of("schema.registry.url", backend.registryUrl()));
        records = new Records(codec, topics, "test");
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backend.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", backend.bootstrapServers()))) {
            admin.createTopics(topics().toList()).all().get();
        }
    }

    private Stream<NewTopic> topics() {
        Stream<String> compacted =
                Stream.of(topics.destinations(), topics.rules(), topics.destinationHealth(), topics.destinationTests());
        Stream<String> others = Stream.concat(
                Stream.of(
                        topics.requests(), topics.returns(), topics.attempts(), topics.results(), topics.deadLetters()),
                Stream.concat(
                        Stream.of(Kind.values()).map(topics::tasks),
                        RetryDelay.DEFAULTS.stream().map(topics::retries)));
        return Stream.concat(
                compacted.map(name -> new NewTopic(name, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))),
                // The router must stand what a topic lets through.
                others.map(name -> new NewTopic(name, PARTITIONS, (short) 1)
                        .configs(
                                name.equals(topics.requests())
                                        ? Map.of("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE))
                                        : Map.of())));
    }

    void start() {
        topology = new RouterTopology(
                RouterSettings.defaults(topics, PARTITIONS),
                records,
                InstantSource.system(),
                RouterMetrics.NONE,
                RouterTracing.NONE);
        streams = new KafkaStreams(
                topology.build(),
                RouterStreams.properties(
                        RouterStreams.applicationId(topics.prefix()),
                        backend.bootstrapServers(),
                        state.toString(),
                        1,
                        0));
        streams.start();
    }

    RouterTopology topology() {
        if (topology == null) {
            throw new IllegalStateException("not started");
        }
        return topology;
    }

    void stop() {
        if (streams != null) {
            streams.close(Duration.ofSeconds(20));
            streams = null;
        }
    }

    void loseLocalState() {
        try {
            Utils.delete(state.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void put(Destination destination) {
        String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
        send(topics.destinations(), key, destination);
    }

    void put(DefaultDestinationRule rule) {
        send(topics.rules(), Keys.rule(rule.getOrganizationId(), rule.getRuleId()), rule);
    }

    void send(String topic, String key, SpecificRecord value) {
        write(new ProducerRecord<>(topic, key, codec.encode(topic, value)));
    }

    /// A request on a given partition, stamped with a given time.
    void request(DeliveryRequest request, int partition, long timestamp) {
        byte[] value = codec.encode(topics.requests(), request);
        write(new ProducerRecord<>(topics.requests(), partition, timestamp, "any", value));
    }

    void settle(Task task, Fate fate) {
        Bytes value = records.encodeSettled(task.delivery(), fate);
        write(new ProducerRecord<>(topics.returns(), task.delivery().organizationId(), value.array()));
    }

    private void write(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Waits until the topic holds so many committed tasks.
    List<Task> tasks(int count) {
        return read(topics.tasks(Kind.WEBHOOK), count).stream()
                .map(record -> records.task(Bytes.of(record.value())))
                .toList();
    }

    List<DeliveryResult> results(int count) {
        return read(topics.results(), count).stream()
                .map(record -> codec.decode(record.value(), DeliveryResult.class))
                .toList();
    }

    List<ConsumerRecord<String, byte[]>> read(String topic, int count) {
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", backend.bootstrapServers(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList());
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (all.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        if (all.size() != count) {
            throw new AssertionError(topic + " holds " + all.size() + " records instead of " + count);
        }
        return all;
    }

    String changelogSetting(String store, String setting) throws ExecutionException, InterruptedException {
        var resource = new org.apache.kafka.common.config.ConfigResource(
                org.apache.kafka.common.config.ConfigResource.Type.TOPIC,
                RouterStreams.applicationId(topics.prefix()) + "-" + store + "-changelog");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", backend.bootstrapServers()))) {
            var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            return config == null ? "" : config.get(setting).value();
        }
    }

    @Override
    public void close() {
        stop();
        producer.close();
        codec.close();
        loseLocalState();
    }
}
