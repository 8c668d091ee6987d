package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthTopicTest {

    private static final String TOPIC = Samples.TOPICS.destinationHealth();
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final Samples samples = new Samples();
    private final HandMovedTime time = new HandMovedTime();
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final Destination destination = samples.destination("a");
    private final Health open =
            Health.well(destination).opened(destination.policy().breaker().openTime(), Samples.START);
    private long offset;
    private HealthTopic topic;

    @BeforeEach
    void open() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        topic = new HealthTopic(consumer, TOPIC, samples.records, time);
    }

    private void append(Health health) {
        ProducerRecord<String, byte[]> told = samples.tasks.health(health);
        append(told.key(), told.value());
    }

    private void append(String key, byte @Nullable [] value) {
        consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset++, key, value));
        consumer.updateEndOffsets(Map.of(PARTITION, offset));
    }

    @Test
    void knowsWhatWasToldBeforeAPartitionWasAssigned() {
        append(Health.well(samples.destination("b")));
        append(open);
        topic.begin();
        assertThat(topic.catchUp()).isTrue();
        assertThat(topic.latest(destination.id(), null)).isEqualTo(open);
    }

    @Test
    void whoeverIsWellAgainIsNotLeftAlone() {
        append(open);
        append(Health.well(destination));
        topic.begin();
        assertThat(topic.catchUp()).isTrue();
        assertThat(topic.latest(destination.id(), open)).isNull();
    }

    @Test
    void readsOnFromWhereItWasWhenMoreIsAssigned() {
        consumer.updateEndOffsets(Map.of(PARTITION, 0L));
        topic.begin();
        assertThat(topic.catchUp()).isTrue();
        append(open);
        topic.begin();
        assertThat(topic.catchUp()).isTrue();
        assertThat(topic.latest(destination.id(), null)).isEqualTo(open);
    }

    @Test
    void knowsWhatTheLoopHasToldItself() {
        ProducerRecord<String, byte[]> told = samples.tasks.health(open);
        topic.told(told.key(), told.value());
        assertThat(topic.latest(destination.id(), null)).isEqualTo(open);
        topic.told(told.key(), null);
        assertThat(topic.latest(destination.id(), open)).isNull();
    }

    @Test
    void isNotDoneBeforeTheEndIsReached() {
        append(open);
        consumer.updateEndOffsets(Map.of(PARTITION, 5L));
        consumer.schedulePollTask(() -> {});
        topic.begin();
        time.whileSleeping(() -> {});
        consumer.schedulePollTask(() -> time.move(HealthTopic.READ_MAX.plusMillis(1)));
        assertThat(topic.catchUp()).isFalse();
    }

    @Test
    void whatCannotBeReadLeavesTheWordToTheTask() {
        append("acme/" + destination.id(), new byte[] {0, 0, 0, 0, 77, 1});
        append("no key of ours", new byte[1]);
        topic.begin();
        assertThat(topic.catchUp()).isTrue();
        assertThat(topic.latest(destination.id(), open)).isEqualTo(open);
    }
}
