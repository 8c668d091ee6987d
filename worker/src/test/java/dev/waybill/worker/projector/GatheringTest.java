package dev.waybill.worker.projector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.projector.fold.Change;
import dev.waybill.worker.projector.store.Batch;
import dev.waybill.worker.projector.store.Batch.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class GatheringTest {

    private static final TopicPartition ONE = new TopicPartition("attempts", 1);
    private static final TopicPartition TWO = new TopicPartition("attempts", 2);
    private static final int FULL = 4;
    private static final Duration MAX = Duration.ofMillis(100);

    private final Gathering gathering = new Gathering(FULL, MAX, ProjectorTracing.NONE);

    @Test
    void grows_until_it_is_full() {
        read(ONE, 0, 3, 0);
        gathering.written(MAX);
        assertThat(gathering.isFull()).isFalse();
        assertThat(gathering.left(0)).isPositive();

        read(TWO, 7, 8, 0);

        assertThat(gathering.isFull()).isTrue();
        assertThat(gathering.left(0)).isZero();
    }

    @Test
    void waits_four_times_as_long_as_the_last_one_took_to_write_but_not_for_ever() {
        gathering.written(Duration.ofMillis(10));
        read(ONE, 0, 1, millis(1_000));
        // The first record counts, whatever comes later.
        read(ONE, 1, 2, millis(1_020));

        assertThat(gathering.left(millis(1_039))).isEqualTo(Duration.ofMillis(1));
        assertThat(gathering.left(millis(1_040))).isZero();

        gathering.written(Duration.ofSeconds(10));

        assertThat(gathering.left(millis(1_000))).isEqualTo(MAX);
    }

    @Test
    void the_first_batch_does_not_wait() {
        read(ONE, 0, 1, 0);

        assertThat(gathering.left(0)).isZero();
    }

    @Test
    void a_span_reaches_from_the_first_read_to_the_last_over_records_that_say_nothing() {
        read(ONE, 3, 5, 0);
        gathering.reached(ONE, 5, 9, 0);

        Batch batch = gathering.take().batch();

        assertThat(batch.spans()).isEqualTo(Map.of(ONE, new Span(3, 9)));
        assertThat(offsets(batch)).containsExactly(3L, 4L);
        assertThat(gathering.isEmpty()).isTrue();
    }

    @Test
    void what_others_will_read_is_not_written() {
        read(ONE, 0, 2, 0);
        read(TWO, 10, 11, 0);

        gathering.forget(List.of(ONE));

        Batch batch = gathering.take().batch();
        assertThat(batch.spans()).containsOnlyKeys(TWO);
        assertThat(offsets(batch)).containsExactly(10L);
    }

    private static List<Long> offsets(Batch batch) {
        return batch.items().stream().map(Batch.Item::offset).toList();
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private void read(TopicPartition partition, long start, long next, long now) {
        for (long offset = start; offset < next; offset++) {
            gathering.add(
                    new Batch.Item(partition, offset, Instant.EPOCH, new Change.Poison("for the test")),
                    new RecordHeaders());
        }
        gathering.reached(partition, start, next, now);
    }
}
