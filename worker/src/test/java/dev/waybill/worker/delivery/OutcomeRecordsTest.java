package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.codec.ReturnedRecord;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/// Each decision, and exactly what it writes.
class OutcomeRecordsTest {

    private static final Instant NOW = Samples.START.plusSeconds(10);
    private static final Outcome REFUSED =
            new Outcome.Retryable(new Fault(ErrorCategory.RESPONSE, "http_503", "busy", 503), null);
    private static final Outcome OURS =
            new Outcome.OurFault(Fault.of(ErrorCategory.INTERNAL, "sink_error", "it threw"));

    private final Samples samples = new Samples();
    private final Destination first = samples.destination("first");
    private final Destination second = samples.destination("second");
    private final Work only = Samples.work(samples.task("d-1", first, second), 7);
    private final Work oneOfTwo = Samples.work(samples.task("d-1", first).with(Samples.route(2, first)), 7);

    private List<ProducerRecord<String, byte[]>> attempted(Work work, Outcome outcome, Decision decision) {
        AttemptReport report = AttemptReport.of(outcome, NOW.minusMillis(20), Duration.ofMillis(20));
        Ended ended = samples.outcomes.attempted(work, report, decision, NOW, Map.of());
        assertThat(ended.offset()).isEqualTo(7);
        assertThat(ended.partition()).isEqualTo(Samples.PARTITION);
        return ended.records();
    }

    private static List<String> topics(List<ProducerRecord<String, byte[]>> records) {
        return records.stream().map(ProducerRecord::topic).toList();
    }

    private DeliveryAttempt event(List<ProducerRecord<String, byte[]>> records) {
        ProducerRecord<String, byte[]> record = records.getFirst();
        assertThat(record.topic()).isEqualTo("delivery.attempts");
        assertThat(record.key()).isEqualTo("d-1");
        return samples.codec.decode(record.value(), DeliveryAttempt.class);
    }

    private Task task(ProducerRecord<String, byte[]> record) {
        return samples.records.task(Bytes.of(record.value()));
    }

    @Test
    void completeWritesTheAttemptAndTheResult() {
        var records = attempted(only, new Outcome.Delivered(), new Decision.Complete());

        assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.results");
        assertThat(event(records).getStatus()).isEqualTo("delivered");
        assertThat(event(records).getDeliveryStatus()).isEqualTo("delivered");
        assertThat(event(records).getRank()).isOne();
        DeliveryResult result = samples.codec.decode(records.get(1).value(), DeliveryResult.class);
        assertThat(result.getDeliveryId()).isEqualTo("d-1");
        assertThat(result.getStatus()).isEqualTo("DELIVERED");
    }

    @Test
    void oneOfSeveralRoutesIsSettledByTheRouter() {
        var records = attempted(oneOfTwo, new Outcome.Delivered(), new Decision.Complete());

        assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.returns");
        assertThat(event(records).getDeliveryStatus()).isNull();
        assertThat(records.get(1).key()).isEqualTo("acme");
        assertThat(samples.records.returned(Bytes.of(records.get(1).value())))
                .isInstanceOfSatisfying(
                        ReturnedRecord.Settled.class,
                        settled -> assertThat(settled.fate().attempts()).isOne());
    }

    @Test
    void aChargedRetryWaitsInTheLongestTopicThatFits() {
        var records = attempted(only, REFUSED, new Decision.Retry(NOW.plusSeconds(40), true));

        assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.retries.30s");
        assertThat(event(records).getStatus()).isEqualTo("retrying");
        Route route = task(records.get(1)).route();
        assertThat(route.attempt()).isEqualTo(2);
        assertThat(route.attempts()).isOne();
        assertThat(route.rank()).isOne();
        assertThat(route.dueAt())
                .isAfterOrEqualTo(NOW.plusSeconds(40))
                .isEqualTo(event(records).getDueAt());
        assertThat(records.get(1).key()).isEqualTo("acme/" + first.id());
        assertThat(Headers.text(records.get(1).headers(), Headers.DUE))
                .isEqualTo(Long.toString(Objects.requireNonNull(route.dueAt()).toEpochMilli()));
    }

    @Test
    void anUnchargedRetryIsTheSameAttemptAgain() {
        var records = attempted(only, OURS, new Decision.Retry(NOW.plusSeconds(5), false));

        assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.retries.5s");
        Route route = task(records.get(1)).route();
        assertThat(route.attempt()).isOne();
        assertThat(route.attempts()).isZero();
        assertThat(route.rank()).isOne();
    }

    @Test
    void aRetryThatFitsNoTopicReturnsAtOnce() {
        var records = attempted(only, REFUSED, new Decision.Retry(NOW.plusMillis(300), true));

        assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.returns");
        assertThat(samples.records.returned(Bytes.of(records.get(1).value())))
                .isInstanceOfSatisfying(
                        ReturnedRecord.DueTask.class,
                        due -> assertThat(due.task().route().dueAt()).isEqualTo(NOW.plusMillis(300)));
    }

    @Test
    void failoverReturnsTheNextCandidate() {
        var records = attempted(only, REFUSED, new Decision.FailOver("exhausted"));

        assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.returns");
        assertThat(event(records).getStatus()).isEqualTo("failed");
        assertThat(event(records).getDeliveryStatus()).isNull();
        assertThat(samples.records.returned(Bytes.of(records.get(1).value())))
                .isInstanceOfSatisfying(ReturnedRecord.DueTask.class, due -> {
                    Route route = due.task().route();
                    assertThat(route.current()).isEqualTo(second.id().toString());
                    assertThat(route.attempt()).isOne();
                    assertThat(route.attempts()).isOne();
                    assertThat(route.trail()).hasSize(1);
                });
    }

    @Test
    void aDeadLetterCarriesTheTaskAndItsCause() {
        var records = attempted(only, REFUSED, new Decision.DeadLetter("exhausted"));

        assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.dead-letters", "delivery.results");
        var headers = records.get(1).headers();
        assertThat(Headers.text(headers, Headers.KIND)).isEqualTo(Headers.KIND_TASK);
        assertThat(Headers.text(headers, Headers.ERROR_TOPIC)).isEqualTo("delivery.tasks.webhook");
        assertThat(Headers.text(headers, Headers.ERROR_PARTITION)).isEqualTo("0");
        assertThat(Headers.text(headers, Headers.ERROR_OFFSET)).isEqualTo("7");
        assertThat(Headers.text(headers, Headers.ERROR_STAGE)).isEqualTo("exhausted");
        assertThat(Headers.text(headers, Headers.ERROR_MESSAGE)).isEqualTo("busy");
        assertThat(event(records).getDeliveryStatus()).isEqualTo("failed");
        assertThat(samples.codec
                        .decode(records.get(2).value(), DeliveryResult.class)
                        .getStatus())
                .isEqualTo("FAILED");
    }

    @Test
    void anExpiredDeliverySaysSoWithAndWithoutAnAttempt() {
        var after = attempted(only, OURS, new Decision.Expire());
        var before = samples.outcomes.expired(only, NOW).records();

        for (var records : List.of(after, before)) {
            assertThat(topics(records)).containsExactly("delivery.attempts", "delivery.results");
            assertThat(event(records).getStatus()).isEqualTo("expired");
            assertThat(event(records).getDeliveryStatus()).isEqualTo("expired");
            assertThat(samples.codec
                            .decode(records.get(1).value(), DeliveryResult.class)
                            .getStatus())
                    .isEqualTo("EXPIRED");
        }
        assertThat(event(after).getEvent()).isEqualTo("attempt");
        assertThat(event(before).getEvent()).isEqualTo("settled");
    }

    @Test
    void whatIsPostponedIsNoEventAndNotCharged() {
        var records = samples.outcomes.postponed(only, NOW.plusSeconds(5), NOW).records();

        assertThat(topics(records)).containsExactly("delivery.retries.5s");
        Route route = task(records.getFirst()).route();
        assertThat(route.rank()).isZero();
        assertThat(route.attempt()).isOne();
        assertThat(route.attempts()).isZero();
    }

    @Test
    void everyRecordCarriesTheTraceContext() {
        RecordHeaders given = new RecordHeaders();
        given.add(Headers.TRACEPARENT, Headers.bytes("of the task"));
        Work traced = new Work(only.task(), first, Samples.PARTITION, 1, 7, given, null);
        AttemptReport report = AttemptReport.of(REFUSED, NOW, Duration.ZERO);
        Decision decision = new Decision.DeadLetter("exhausted");

        var passedOn = samples.outcomes.attempted(traced, report, decision, NOW, Map.of());
        var observed =
                samples.outcomes.attempted(traced, report, decision, NOW, Map.of(Headers.TRACEPARENT, "of the span"));

        assertThat(passedOn.records())
                .hasSize(3)
                .allMatch(record -> "of the task".equals(Headers.text(record.headers(), Headers.TRACEPARENT)));
        assertThat(observed.records())
                .hasSize(3)
                .allMatch(record -> "of the span".equals(Headers.text(record.headers(), Headers.TRACEPARENT)));
    }

    @Test
    void postponedTasksWaitInATopicThatExists() {
        for (long seconds = 1; seconds <= 3_600; seconds += 7) {
            String topic = samples.outcomes
                    .postponed(only, NOW.plusSeconds(seconds), NOW)
                    .records()
                    .getFirst()
                    .topic();
            Optional<RetryDelay> known = RetryDelay.DEFAULTS.stream()
                    .filter(delay -> Samples.TOPICS.retries(delay).equals(topic))
                    .findFirst();
            assertThat(known).as("%d s", seconds).isPresent();
            assertThat(known.orElseThrow().delay())
                    .isLessThanOrEqualTo(
                            Duration.ofSeconds(seconds).multipliedBy(21).dividedBy(20));
        }
    }
}
