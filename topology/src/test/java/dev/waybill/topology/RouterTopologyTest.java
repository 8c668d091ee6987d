package dev.waybill.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;

class RouterTopologyTest {

    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX);
    private final HandMovedClock clock = new HandMovedClock();
    private final RouterTopology router = new RouterTopology(
            RouterSettings.defaults(topics, 4),
            new Records(new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults()), topics, "test"),
            clock,
            RouterMetrics.NONE,
            RouterTracing.NONE);

    /// Names of processors and stores are part of what an upgrade must keep: they name changelogs. To accept a change,
    /// copy `target/router.describe.txt` over the golden file.
    @Test
    void theShapeIsTheCommittedOne() throws IOException {
        Topology topology = router.build();
        String shape = topology.describe().toString().replaceAll(" +\n", "\n");
        Files.writeString(Path.of("target/router.describe.txt"), shape);
        assertThat(shape).isEqualTo(Files.readString(Path.of("src/test/resources/router.describe.txt")));
    }

    @Test
    void everyStoreAndTopicHasAGivenName() {
        assertThat(router.build().describe().toString())
                .doesNotContain("KSTREAM")
                .doesNotContain("-00000");
    }

    @Test
    void aTimestampIsTakenOnlyAsFarAsItCanBeTrue() {
        var timestamps = router.timestamps();
        for (var expected : Map.of(
                        -1L, 0L, 0L, 0L, 1L, 1L, clock.millis(), clock.millis(), clock.millis() + 1, clock.millis())
                .entrySet()) {
            var record = new ConsumerRecord<Object, Object>(
                    "t",
                    0,
                    0,
                    expected.getKey(),
                    org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                    0,
                    0,
                    "",
                    "",
                    new org.apache.kafka.common.header.internals.RecordHeaders(),
                    java.util.Optional.empty());
            assertThat(timestamps.extract(record, 0)).isEqualTo(expected.getValue());
        }
        assertThat(Instant.ofEpochMilli(clock.millis())).isEqualTo(HandMovedClock.START);
    }

    @Test
    void theSettingsAreThoseOfAnExactlyOnceRouter() {
        var config = new StreamsConfig(properties());
        assertThat(config.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG)).isEqualTo("exactly_once_v2");
        assertThat(config.getLong(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG)).isEqualTo(50);
        assertThat(config.getInt(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG)).isEqualTo(1);
        assertThat(config.getProducerConfigs("p")).containsEntry("transaction.timeout.ms", 10_000);
        assertThat(config.getMainConsumerConfigs("g", "c", 0)).containsEntry("session.timeout.ms", 10_000);
        assertThat(RouterStreams.applicationId(topics.prefix())).isEqualTo("delivery.router");
    }

    @Test
    void everyRetryTopicAndRequestTopicHasItsSink() {
        var settings = new RouterSettings(
                topics,
                List.of("one", "two"),
                4,
                dev.waybill.schemas.RetryDelay.DEFAULTS,
                RouterSettings.DEDUPLICATION_TIME,
                RouterSettings.RESOLUTION_GRACE,
                dev.waybill.topology.routing.Limits.defaults(),
                dev.waybill.topology.routing.Installation.unknown());
        var records = new Records(new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults()), topics, null);
        String shape = new RouterTopology(settings, records, clock, RouterMetrics.NONE, RouterTracing.NONE)
                .build()
                .describe()
                .toString();
        assertThat(shape).contains("rekeyed-one", "rekeyed-two", "retries-1s", "retries-1h");
    }

    private static Properties properties() {
        return RouterStreams.properties("delivery.router", "localhost:9092", "target/state", 2, 1);
    }
}
