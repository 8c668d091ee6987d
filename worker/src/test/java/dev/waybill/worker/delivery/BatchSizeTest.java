package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class BatchSizeTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final BatchLimits LIMITS = new BatchLimits(100, 1_000, Duration.ZERO);
    private static final Outcome DELIVERED = new Outcome.Delivered();

    private final Samples samples = new Samples();
    private final BatchSize size = new BatchSize();

    /// Each member has two bytes.
    private List<Work> works(int count) {
        var destination = samples.destination("a");
        var task = samples.task("delivery", destination);
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            works.add(new Work(task, destination, Samples.PARTITION, 1, i, new RecordHeaders(), LIMITS));
        }
        return works;
    }

    private void ended(int members, Outcome outcome, Duration latency) {
        size.ended(works(members), new Observed(outcome, latency, Instant.EPOCH), null, TIMEOUT);
    }

    private void refused(int members, boolean tooLarge) {
        size.ended(works(members), null, Split.inHalves(works(members), tooLarge), TIMEOUT);
    }

    @Test
    void beginsWithTheLimits() {
        assertThat(size.count(LIMITS)).isEqualTo(100);
        assertThat(size.bytes(LIMITS)).isEqualTo(1_000);
    }

    @Test
    void aRefusalForSizeHalvesWhatWasSent() {
        refused(40, true);

        assertThat(size.count(LIMITS)).isEqualTo(20);
        assertThat(size.bytes(LIMITS)).isEqualTo(40);
    }

    @Test
    void aRefusalForAnotherReasonChangesNothing() {
        refused(40, false);

        assertThat(size.count(LIMITS)).isEqualTo(100);
    }

    @Test
    void anAnswerThatDoesNotComeInTimeHalves() {
        ended(100, new Outcome.Ambiguous(Fault.of(ErrorCategory.TIMEOUT, "first_byte_timeout", null)), TIMEOUT);

        assertThat(size.count(LIMITS)).isEqualTo(50);
    }

    @Test
    void aThrottledBatchKeepsItsSize() {
        Fault fault = Fault.of(ErrorCategory.THROTTLED, "http_429", null);
        ended(100, new Outcome.Throttled(fault, null), Duration.ofMillis(1));

        assertThat(size.count(LIMITS)).isEqualTo(100);
    }

    @Test
    void aSlowAnswerTakesAQuarterOff() {
        ended(100, DELIVERED, TIMEOUT.dividedBy(2));
        assertThat(size.count(LIMITS)).isEqualTo(100);

        ended(100, DELIVERED, TIMEOUT.dividedBy(2).plusMillis(1));
        assertThat(size.count(LIMITS)).isEqualTo(75);
    }

    @Test
    void growsToTheLimitsWithFullBatchesOnly() {
        refused(40, true);
        ended(10, DELIVERED, Duration.ofMillis(1));
        assertThat(size.count(LIMITS)).isEqualTo(20);

        ended(20, DELIVERED, Duration.ofMillis(1));
        assertThat(size.count(LIMITS)).isEqualTo(30);
        assertThat(size.bytes(LIMITS)).isEqualTo(140);

        for (int i = 0; i < 20; i++) {
            ended(size.count(LIMITS), DELIVERED, Duration.ofMillis(1));
        }
        assertThat(size.count(LIMITS)).isEqualTo(100);
    }

    @Test
    void oneThatWasAloneSaysNothingOfTheSize() {
        ended(1, new Outcome.Ambiguous(Fault.of(ErrorCategory.TIMEOUT, "first_byte_timeout", null)), TIMEOUT);

        assertThat(size.count(LIMITS)).isEqualTo(100);
    }
}
