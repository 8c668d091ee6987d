package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.Payloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class BatchAttemptsTest {

    private static final BatchLimits LIMITS = new BatchLimits(10, 1_000, Duration.ZERO);
    private static final Fault FAULT = Fault.of(ErrorCategory.RESPONSE, "http_400", "no");

    private final Samples samples = new Samples();
    private final HandMovedTime time = new HandMovedTime();
    private final List<String> ended = new ArrayList<>();
    private final List<String> abandoned = new ArrayList<>();

    private Attempted make(List<Work> works, Function<List<Attempt>, BatchReport> script) throws InterruptedException {
        ScriptedProvider provider = new ScriptedProvider((_, _) -> {
            throw new AssertionError("members are not delivered one by one");
        });
        provider.batching = new ScriptedProvider.Batching() {
            @Override
            public BatchLimits limits(Destination destination, Delivery delivery) {
                return LIMITS;
            }

            @Override
            public BatchReport play(Destination destination, List<Attempt> attempts) {
                return script.apply(attempts);
            }
        };
        Attempts attempts = new Attempts(
                new OpenSinks(List.of(provider)), Payloads.INLINE, samples.outcomes, this::watch, time, new Random(1));
        return attempts.make(new Call(works));
    }

    private AttemptObserver.Observation watch(Task task, Destination destination, Object headers) {
        return new AttemptObserver.Observation() {
            @Override
            public Map<String, String> traceHeaders() {
                return Map.of();
            }

            @Override
            public void end(AttemptReport report, Decision decision) {
                ended.add(task.delivery().id());
            }

            @Override
            public void abandon() {
                abandoned.add(task.delivery().id());
            }
        };
    }

    private List<Work> works(int count) {
        Destination destination = samples.destination("a");
        return IntStream.range(0, count)
                .mapToObj(i -> new Work(
                        samples.task("d-" + i, destination),
                        destination,
                        Samples.PARTITION,
                        1,
                        i,
                        new RecordHeaders(),
                        LIMITS))
                .toList();
    }

    private AttemptReport report(Outcome outcome) {
        return AttemptReport.of(outcome, time.now(), Duration.ZERO);
    }

    private List<String> events(Attempted attempted) {
        return attempted.ended().stream()
                .map(one -> samples.codec.decode(one.records().getFirst().value(), DeliveryAttempt.class))
                .map(event -> event.getDeliveryId() + " " + event.getOutcome() + " " + event.getStatus())
                .toList();
    }

    @Test
    void eachMemberHasItsOwnOutcome() throws InterruptedException {
        List<Outcome> outcomes =
                List.of(new Outcome.Delivered(), new Outcome.Retryable(FAULT, null), new Outcome.Permanent(FAULT));

        Attempted attempted = make(
                works(3),
                _ -> new BatchReport.Members(outcomes.stream().map(this::report).toList()));

        assertThat(events(attempted))
                .containsExactly("d-0 Delivered delivered", "d-1 Retryable retrying", "d-2 Permanent failed");
        assertThat(attempted.ended()).extracting(Ended::offset).containsExactly(0L, 1L, 2L);
        assertThat(attempted.split()).isNull();
        assertThat(attempted.observed()).isNotNull();
        assertThat(attempted.observed().outcome()).as("it took one").isEqualTo(new Outcome.Delivered());
        assertThat(ended).containsExactly("d-0", "d-1", "d-2");
    }

    @Test
    void aRefusedBatchEndsNothingAndLosesNothing() throws InterruptedException {
        List<Work> works = works(5);

        Attempted attempted = make(works, _ -> new BatchReport.Refused(report(new Outcome.Permanent(FAULT)), true));

        assertThat(attempted.ended()).isEmpty();
        assertThat(attempted.observed()).isNull();
        assertThat(attempted.split()).isEqualTo(new Split(List.of(works.subList(0, 3), works.subList(3, 5)), true));
        assertThat(ended).isEmpty();
        assertThat(abandoned).hasSize(5);
    }

    @Test
    void aRefusalOfOneIsItsOutcome() throws InterruptedException {
        Attempted attempted = make(works(1), _ -> new BatchReport.Refused(report(new Outcome.Permanent(FAULT)), false));

        assertThat(events(attempted)).containsExactly("d-0 Permanent failed");
        assertThat(attempted.split()).isNull();
    }

    @Test
    void aMemberWhoseEndHasComeIsNotSent() throws InterruptedException {
        List<Work> old = works(1);
        time.move(old.getFirst().destination().policy().maxAge());
        Destination destination = samples.destination("a");
        Task task = samples.task("d-new", destination);
        Delivery delivery = task.delivery();
        Delivery later = new Delivery(
                delivery.request(), delivery.encoded(), delivery.origin(), time.now(), delivery.payloadSize(), null);
        Work young = new Work(
                new Task(later, task.route(), destination),
                destination,
                Samples.PARTITION,
                1,
                7,
                new RecordHeaders(),
                LIMITS);
        List<Integer> sent = new ArrayList<>();

        Attempted attempted = make(List.of(old.getFirst(), young), attempts -> {
            sent.add(attempts.size());
            return BatchReport.all(attempts.size(), report(new Outcome.Delivered()));
        });

        assertThat(sent).containsExactly(1);
        assertThat(events(attempted)).containsExactly("d-0 null expired", "d-new Delivered delivered");
    }

    @Test
    void aSinkThatThrowsOrCountsWronglyChargesNobody() throws InterruptedException {
        List<Function<List<Attempt>, BatchReport>> wrong = List.of(
                _ -> {
                    throw new IllegalStateException();
                },
                attempts -> BatchReport.all(attempts.size() - 1, report(new Outcome.Delivered())));
        for (var script : wrong) {
            assertThat(events(make(works(2), script)))
                    .containsExactly("d-0 OurFault retrying", "d-1 OurFault retrying");
        }
    }
}
