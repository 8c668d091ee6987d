package dev.waybill.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationTest;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestScheduleTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Topics topics = new Topics("t.");
    private final ConfigurationView view = new ConfigurationView();
    private final FakeConfigurationTopics log = new FakeConfigurationTopics(view);
    private final AvroCodec codec = new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults());
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private Instant now = NOW;

    private final LastTests tests = new LastTests(
            topics,
            view,
            new ConnectionTests(
                    Providers.of(List.of(new FakeProvider("hook", Kind.WEBHOOK))),
                    codec,
                    new Records(codec, topics, null),
                    topics.destinations(),
                    Duration.ofSeconds(1)),
            log,
            () -> now);

    private final TestSchedule schedule = schedule("w1");

    private TestSchedule schedule(String workerId) {
        return new TestSchedule(view, tests, () -> now, threads::add, workerId);
    }

    private Destination put(String name, @Nullable Duration interval, boolean enabled) {
        Destination destination = Destination.newBuilder()
                .setDestinationId(new UUID(0, name.hashCode()).toString())
                .setOrganizationId("acme")
                .setName(name)
                .setKind("webhook")
                .setProvider("hook")
                .setEnabled(enabled)
                .setSettings(Map.of("url", "refuses"))
                .setPolicy(DeliveryPolicy.newBuilder()
                        .setTestIntervalMs(interval == null ? null : interval.toMillis())
                        .build())
                .setVersion(1)
                .setUpdatedAt(NOW)
                .build();
        log.append(new Change(topics.destinations(), key(destination), destination));
        return destination;
    }

    private static String key(Destination destination) {
        return Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
    }

    /// @return how many tests ran
    private int look(TestSchedule by) {
        by.look();
        int started = threads.size();
        threads.forEach(Runnable::run);
        threads.clear();
        return started;
    }

    @Test
    void only_what_asks_for_it_is_tested() {
        put("never", null, true);
        put("disabled", INTERVAL, false);
        assertThat(look(schedule)).isZero();
        Destination asked = put("asked", INTERVAL, true);
        assertThat(look(schedule)).isOne();
        DestinationTest last = view.test(asked).orElseThrow();
        assertThat(last.getScheduled()).isTrue();
        assertThat(last.getErrorCode()).isEqualTo("auth_failed");
        assertThat(last.getOpenUntil())
                .isEqualTo(NOW.plus(INTERVAL.multipliedBy(2)).plusSeconds(1));
    }

    @Test
    void it_is_tested_again_when_the_interval_is_over_and_not_before() {
        put("asked", INTERVAL, true);
        assertThat(look(schedule)).isOne();
        now = NOW.plus(INTERVAL).minusMillis(1);
        assertThat(look(schedule)).isZero();
        now = NOW.plus(INTERVAL.multipliedBy(11).dividedBy(10));
        assertThat(look(schedule)).isOne();
        assertThat(look(schedule)).isZero();
    }

    @Test
    void what_another_worker_has_tested_is_not_tested_again() {
        put("asked", INTERVAL, true);
        assertThat(look(schedule("w2"))).isOne();
        assertThat(look(schedule)).isZero();
    }

    @Test
    void a_new_version_is_tested_at_once() {
        Destination one = put("asked", INTERVAL, true);
        assertThat(look(schedule)).isOne();
        one.setVersion(2);
        log.append(new Change(topics.destinations(), key(one), one));
        assertThat(look(schedule)).isOne();
    }

    @Test
    void a_test_from_the_future_is_of_a_wrong_clock() {
        put("asked", INTERVAL, true);
        now = NOW.plus(Duration.ofDays(1));
        assertThat(look(schedule)).isOne();
        now = NOW;
        assertThat(look(schedule)).isOne();
    }

    @Test
    void nothing_is_tested_twice_at_a_time_and_not_too_much_at_once() {
        for (int i = 0; i < 20; i++) {
            put("d" + i, INTERVAL, true);
        }
        schedule.look();
        schedule.look();
        assertThat(threads).hasSize(8);
        threads.forEach(Runnable::run);
        threads.clear();
        assertThat(look(schedule)).isEqualTo(8);
        assertThat(look(schedule)).isEqualTo(4);
        assertThat(look(schedule)).isZero();
    }

    @Test
    void what_was_deleted_is_tested_no_more() {
        Destination one = put("asked", INTERVAL, true);
        log.append(new Change(topics.destinations(), key(one), null));
        assertThat(look(schedule)).isZero();
    }
}
