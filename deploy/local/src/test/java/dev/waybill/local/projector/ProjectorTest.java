package dev.waybill.local.projector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.Destination;
import dev.waybill.local.fixture.Backend;
import dev.waybill.local.fixture.Backends;
import dev.waybill.local.fixture.Database;
import dev.waybill.local.fixture.FoldCheck;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.worker.projector.Migrations;
import dev.waybill.worker.projector.ProjectionSettings;
import dev.waybill.worker.projector.Projector;
import dev.waybill.worker.projector.ProjectorTracing;
import dev.waybill.worker.projector.store.DatabaseSettings;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProjectorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final UUID HOOK = new UUID(1, 1);
    private static final UUID SPARE = new UUID(1, 2);

    private final Backend backend = Backends.shared();
    private final String name = Backends.unique("projector");
    private final Topics topics = new Topics(name + ".");
    private final Database database = backend.createDatabase(name);
    private final AvroCodec codec = codec();
    private final FoldCheck check =
            new FoldCheck(backend.bootstrapServers(), topics.attempts(), codec, database.jdbcUrl());
    private final CountingMetrics metrics = new CountingMetrics();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer = producer();

    @BeforeEach
    void createTopics() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", backend.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic(topics.attempts(), 4, (short) 1),
                            new NewTopic(topics.destinations(), 1, (short) 1),
                            new NewTopic(topics.rules(), 1, (short) 1)))
                    .all()
                    .get();
        }
        Migrations.of(database.jdbcUrl(), "postgres", "").migrate();
        producer.initTransactions();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : parts.reversed()) {
            part.close();
        }
        producer.close(Duration.ZERO);
        codec.close();
    }

    @Test
    void rowsEqualAFoldAlthoughProjectorsComeAndGoAndPostgresRestarts() throws Exception {
        Projector first = start();
        write(0, 500);
        write(500, 1_000);
        abort(1_000, 1_100);
        assertThat(check.await(PATIENCE)).matches(FoldCheck.Report::isEqual);

        backend.stopPostgres();
        write(1_100, 1_600);
        Thread.sleep(3_000);
        assertThat(first.status().waitingFor()).isEqualTo("postgres");
        backend.startPostgres();
        long since = System.nanoTime();
        while (first.status().waitingFor() != null) {
            Thread.sleep(50);
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(5));
        }
        Duration healed = Duration.ofNanos(System.nanoTime() - since);

        start();
        write(1_600, 2_600);
        first.close();
        write(2_600, 3_600);
        FoldCheck.Report report = check.await(PATIENCE);
        System.out.println(report + ", healed after " + healed.toMillis() + " ms");
        assertThat(report).matches(FoldCheck.Report::isEqual);
        assertThat(report.events()).isGreaterThan(3_600 * 2);
    }

    @Test
    void aRegistryThatIsAwayIsWaitedFor() throws Exception {
        write(0, 100);
        backend.stopRegistry();
        Projector projector = start();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!"registry".equals(projector.status().waitingFor()) && System.nanoTime() - deadline < 0) {
            Thread.sleep(50);
        }
        assertThat(projector.status().waitingFor()).isEqualTo("registry");
        assertThat(count("deliveries")).isZero();
        backend.startRegistry();
        assertThat(check.await(PATIENCE)).matches(FoldCheck.Report::isEqual);
        assertThat(metrics.quarantined()).isZero();
    }

    @Test
    void poisonGoesIntoQuarantineAndTheRestGoesOn() throws Exception {
        start();
        producer.beginTransaction();
        send(topics.attempts(), "x", "no avro at all".getBytes(StandardCharsets.UTF_8));
        send(topics.attempts(), "x", null);
        send(topics.destinations(), "acme/" + HOOK, codec.encode(topics.destinations(), destination("other")));
        send(topics.destinations(), "acme/" + HOOK, codec.encode(topics.destinations(), destination("acme")));
        send(topics.rules(), "acme/rule", "junk".getBytes(StandardCharsets.UTF_8));
        producer.commitTransaction();
        write(0, 50);
        assertThat(check.await(PATIENCE)).matches(FoldCheck.Report::isEqual);
        awaitCount("projection_quarantine", 4);
        awaitCount("delivery_destinations where not stub", 1);
        assertThat(metrics.quarantined()).isEqualTo(4);
    }

    @Test
    void aLogIsCaughtUp() throws Exception {
        write(0, 10_000);
        long since = System.nanoTime();
        start();
        FoldCheck.Report report = check.await(PATIENCE);
        assertThat(report).matches(FoldCheck.Report::isEqual);
        Duration took = Duration.ofNanos(System.nanoTime() - since);
        System.out.printf(
                "%s: caught up %d events in %d ms including start and check; %d batches, %d ms of writing%n",
                report,
                report.events(),
                took.toMillis(),
                metrics.batches(),
                metrics.writing().toMillis());
    }

    private Projector start() {
        var pool = new dev.waybill.worker.projector.store.Database(
                DatabaseSettings.of(database.jdbcUrl(), "postgres", "", 4));
        AvroCodec own = codec();
        var projector = new Projector(
                new ProjectionSettings(
                        topics,
                        name,
                        Map.of("bootstrap.servers", backend.bootstrapServers()),
                        5_000,
                        Duration.ofDays(90),
                        7,
                        ProjectionSettings.Bounds.DEFAULT),
                pool,
                own,
                metrics,
                ProjectorTracing.NONE,
                InstantSource.system());
        parts.add(own);
        parts.add(pool);
        parts.add(projector);
        projector.start();
        return projector;
    }

    private void write(int from, int to) {
        producer.beginTransaction();
        sendHistories(from, to);
        producer.commitTransaction();
    }

    private void abort(int from, int to) {
        producer.beginTransaction();
        sendHistories(from, to);
        producer.abortTransaction();
    }

    private void sendHistories(int from, int to) {
        for (int i = from; i < to; i++) {
            String id = "d-" + i;
            List<DeliveryAttempt> history = switch (i % 10) {
                case 0 -> History.rejected(id, "acme");
                case 1 -> History.failedOver(id, "acme", HOOK, SPARE);
                default -> History.delivered(id, "acme", HOOK);
            };
            history.forEach(event -> send(topics.attempts(), id, codec.encode(topics.attempts(), event)));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // committing fails if sending did
    private void send(String topic, String key, byte @Nullable [] value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    private static Destination destination(String organization) {
        return Destination.newBuilder()
                .setDestinationId(HOOK.toString())
                .setOrganizationId(organization)
                .setName("hook")
                .setKind("webhook")
                .setProvider("webhook")
                .setSettings(Map.of())
                .setVersion(1)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private AvroCodec codec() {
        return AvroCodec.of(Map.of("schema.registry.url", backend.registryUrl(), "schema.registry.wait.ms", "1000"));
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        backend.bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        name),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void awaitCount(String table, int count) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (count(table) != count && System.nanoTime() - deadline < 0) {
            Thread.sleep(100);
        }
        assertThat(count(table)).as(table).isEqualTo(count);
    }

    private int count(String table) {
        try (var connection = DriverManager.getConnection(database.jdbcUrl());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from " + table)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
