package dev.waybill.topology;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryCommand;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DeliveryReturn;
import dev.waybill.avro.Destination;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.routing.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/// The router on one partition, its topics within reach, its clock moved by hand.
final class TestRouter implements AutoCloseable {

    final Topics topics = new Topics(Topics.DEFAULT_PREFIX);
    final HandMovedClock clock = new HandMovedClock();
    final RecordingMetrics metrics = new RecordingMetrics();
    final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    final AvroCodec codec = new AvroCodec(registry, SerdeSettings.defaults().withRegistryWait(Duration.ZERO));
    final Records records = new Records(codec, topics, "test");
    final Configuration configuration;
    final TopologyTestDriver driver;
    private final Path folder;

    TestRouter() {
        this(RouterSettings.defaults(new Topics(Topics.DEFAULT_PREFIX), 1));
    }

    TestRouter(RouterSettings settings) {
        try {
            folder = Files.createTempDirectory("router");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var topology = new RouterTopology(settings, records, clock, metrics, RouterTracing.NONE);
        configuration = topology.configuration();
        driver = new TopologyTestDriver(
                topology.build(), RouterStreams.properties("delivery.router", "nowhere:9092", folder.toString(), 1, 0));
    }

    /// Of the destination's record.
    long fingerprint(Destination destination) {
        return Bytes.of(codec.encode(topics.destinations(), destination)).fingerprint();
    }

    void put(Destination destination) {
        String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
        pipe(topics.destinations(), key, destination);
    }

    void put(DefaultDestinationRule rule) {
        pipe(topics.rules(), Keys.rule(rule.getOrganizationId(), rule.getRuleId()), rule);
    }

    void delete(Destination destination) {
        String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
        pipe(topics.destinations(), new TestRecord<>(utf8(key), null));
    }

    void request(DeliveryRequest request) {
        pipe(topics.requests(), request.getOrganizationId(), request);
    }

    /// As the sinks and the forwarder return a task.
    void comeBack(Task task) {
        Bytes value = records.encodeReturn(records.encode(task, topics.retries(RetryDelay.parse("1s"))));
        pipe(topics.returns(), new TestRecord<>(utf8(task.delivery().organizationId()), value.array()));
    }

    /// As a sink reports the end of one of several routes.
    void settle(Task task, Fate fate) {
        Bytes value = records.encodeSettled(task.delivery(), fate);
        pipe(topics.returns(), new TestRecord<>(utf8(task.delivery().organizationId()), value.array()));
    }

    void cancel(String organizationId, String deliveryId) {
        var command = new DeliveryReturn();
        command.setCommand(new DeliveryCommand("cancel", deliveryId, organizationId, clock.instant(), null));
        pipe(topics.returns(), organizationId, command);
    }

    void pipe(String topic, String key, SpecificRecord value) {
        pipe(topic, new TestRecord<>(utf8(key), codec.encode(topic, value), clock.instant()));
    }

    void pipe(String topic, TestRecord<byte[], byte @Nullable []> record) {
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(record);
    }

    List<TestRecord<byte[], byte[]>> read(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    List<Task> tasks(Kind kind) {
        return readTasks(topics.tasks(kind));
    }

    /// The tasks given to webhooks since the last look.
    List<Task> tasks() {
        return tasks(Kind.WEBHOOK);
    }

    Task onlyTask() {
        return only(tasks());
    }

    List<Task> waiting(String delay) {
        return readTasks(topics.retries(RetryDelay.parse(delay)));
    }

    private List<Task> readTasks(String topic) {
        return read(topic).stream()
                .map(record -> records.task(Bytes.of(record.value())))
                .toList();
    }

    List<DeliveryResult> results() {
        return read(topics.results()).stream()
                .map(record -> codec.decode(record.value(), DeliveryResult.class))
                .toList();
    }

    DeliveryResult onlyResult() {
        return only(results());
    }

    List<DeliveryAttempt> events() {
        return read(topics.attempts()).stream()
                .map(record -> codec.decode(record.value(), DeliveryAttempt.class))
                .toList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return read(topics.deadLetters());
    }

    static <T> T only(List<T> list) {
        if (list.size() != 1) {
            throw new AssertionError("expected one, got " + new ArrayList<>(list));
        }
        return list.getFirst();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        driver.close();
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
