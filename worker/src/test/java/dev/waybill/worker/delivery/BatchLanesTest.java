package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Lanes of destinations that take several payloads in a call. The samples' payloads have two bytes.
class BatchLanesTest {

    private static final Room ROOM = new Room(1_000, Long.MAX_VALUE);
    private static final long MILLI = 1_000_000;
    private static final Duration LINGER = Duration.ofMillis(100);
    private static final BatchLimits FOUR = new BatchLimits(4, 1_000, LINGER);

    private final Samples samples = new Samples();
    private final Lanes lanes = new Lanes(LaneSettings.of(1_000), () -> Samples.START, 0);
    private int offset;

    private Destination destination(int concurrency, @Nullable Integer permits) {
        return samples.destination(
                "a",
                DeliveryPolicy.newBuilder()
                        .setConcurrency(concurrency)
                        .setRatePermits(permits)
                        .setBreakerMinVolume(1)
                        .build());
    }

    private Work work(Destination destination, @Nullable BatchLimits limits) {
        int number = offset++;
        return new Work(
                samples.task("delivery-" + number, destination),
                destination,
                Samples.PARTITION,
                1,
                number,
                new RecordHeaders(),
                limits);
    }

    private Work retry(Destination destination, BatchLimits limits) {
        Work first = work(destination, limits);
        Route one = first.task().route();
        Route again = new Route(0, 1, null, one.candidates(), 0, 2, 1, 1, null, 0, one.last(), one.trail());
        return new Work(
                first.task().with(again),
                destination,
                Samples.PARTITION,
                1,
                first.offset(),
                new RecordHeaders(),
                limits);
    }

    private List<Work> offer(int count, Destination destination, @Nullable BatchLimits limits, long now) {
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Work work = work(destination, limits);
            assertThat(lanes.offer(work, Duration.ZERO, ROOM, now)).isEqualTo(new Admission.Accepted());
            works.add(work);
        }
        return works;
    }

    private List<List<Work>> startable(long now) {
        return works(lanes.startable(now));
    }

    private static List<List<Work>> works(List<Call> calls) {
        return calls.stream().map(Call::works).toList();
    }

    private static Observed delivered() {
        return new Observed(new Outcome.Delivered(), Duration.ofMillis(1), Instant.EPOCH);
    }

    private static Split halves(Call call, boolean tooLarge) {
        return Split.inHalves(call.works(), tooLarge);
    }

    @Test
    void aFullBatchLeavesAtOnceAndTheRestWhenItsOldestHasWaited() {
        List<Work> works = offer(6, destination(10, null), FOUR, 0);

        assertThat(startable(0)).containsExactly(works.subList(0, 4));
        assertThat(startable(LINGER.toNanos() - 1)).isEmpty();
        assertThat(startable(LINGER.toNanos())).containsExactly(works.subList(4, 6));
    }

    @Test
    void theWaitBeginsWithTheOldest() {
        Destination destination = destination(10, null);
        List<Work> first = offer(1, destination, FOUR, 0);
        startable(0);
        List<Work> second = offer(1, destination, FOUR, 60 * MILLI);

        assertThat(startable(100 * MILLI - 1)).isEmpty();
        assertThat(startable(100 * MILLI)).containsExactly(List.of(first.getFirst(), second.getFirst()));
    }

    @Test
    void aBatchIsFullByBytes() {
        List<Work> works = offer(3, destination(10, null), new BatchLimits(100, 5, LINGER), 0);

        assertThat(startable(0)).containsExactly(works.subList(0, 2));
    }

    @Test
    void aPayloadThatIsLargerThanABatchTravelsInOneOfItsOwn() {
        List<Work> works = offer(2, destination(10, null), new BatchLimits(100, 1, LINGER), 0);

        assertThat(startable(0)).containsExactly(works.subList(0, 1), works.subList(1, 2));
    }

    /// A batch names its members in a header, which servers bound: what would be refused for it is not gathered.
    @Test
    void aBatchIsFullByIds() {
        int each = "delivery-0".length() + 1;
        List<Work> works = offer(5, destination(10, null), FOUR.withIds(2 * each), 0);

        assertThat(startable(0)).containsExactly(works.subList(0, 2), works.subList(2, 4));
        assertThat(startable(LINGER.toNanos())).containsExactly(works.subList(4, 5));
    }

    @Test
    void withoutLingerABatchIsWhatIsThere() {
        List<Work> works = offer(3, destination(10, null), new BatchLimits(4, 1_000, Duration.ZERO), 0);

        assertThat(startable(0)).containsExactly(works);
    }

    @Test
    void whatGoesAloneWaitsForNobody() {
        Destination destination = destination(10, null);
        List<Work> gathering = offer(1, destination, FOUR, 0);
        List<Work> alone = offer(2, destination, null, 1);

        assertThat(startable(1)).containsExactly(alone.subList(0, 1), alone.subList(1, 2));
        assertThat(startable(LINGER.toNanos())).containsExactly(gathering);
    }

    @Test
    void aBatchTakesOneSlotOneOfTheConcurrencyAndOneToken() {
        Lanes narrow = new Lanes(LaneSettings.of(2), () -> Samples.START, 0);
        Destination destination = destination(1, 1);
        for (int i = 0; i < 8; i++) {
            narrow.offer(work(destination, FOUR), Duration.ZERO, ROOM, 0);
        }
        List<Call> first = narrow.startable(0);
        assertThat(first).hasSize(1);
        assertThat(narrow.running()).hasSize(1);

        assertThat(narrow.ended(first.getFirst(), delivered(), null, 0)).isEmpty();
        assertThat(narrow.startable(1_000 * MILLI - 1)).isEmpty();
        assertThat(works(narrow.startable(1_000 * MILLI))).hasSize(1);
    }

    @Test
    void batchesRunSideBySideUpToTheConcurrency() {
        offer(12, destination(2, null), FOUR, 0);

        List<Call> started = lanes.startable(0);
        assertThat(started).hasSize(2);
        assertThat(lanes.ended(started.getFirst(), delivered(), null, 1)).hasSize(1);
    }

    @Test
    void aRefusedBatchGoesAgainInHalvesUntilTheCauseIsAlone() {
        Destination destination = destination(1, null);
        List<Work> works = offer(4, destination, FOUR, 0);
        Work cause = works.get(2);
        offer(1, destination, FOUR, 0);
        List<List<Work>> calls = new ArrayList<>();

        List<Call> next = lanes.startable(0);
        while (!next.isEmpty()) {
            Call call = next.getFirst();
            calls.add(call.works());
            boolean refused = call.works().contains(cause) && call.works().size() > 1;
            next = refused ? lanes.ended(call, null, halves(call, false), 1) : lanes.ended(call, delivered(), null, 1);
        }

        assertThat(calls)
                .containsExactly(
                        works, works.subList(0, 2), works.subList(2, 4), works.subList(2, 3), works.subList(3, 4));
        assertThat(startable(LINGER.toNanos())).hasSize(1);
    }

    @Test
    void aRefusalForSizeMakesTheNextBatchesSmaller() {
        Destination destination = destination(1, null);
        offer(8, destination, FOUR, 0);
        Call refused = lanes.startable(0).getFirst();

        List<Call> next = lanes.ended(refused, null, halves(refused, true), 0);
        next = lanes.ended(next.getFirst(), null, null, 0);
        next = lanes.ended(next.getFirst(), null, null, 0);

        assertThat(works(next)).hasSize(1).allMatch(works -> works.size() == 2);
    }

    @Test
    void firstAttemptsAndRetriesTravelApart() {
        Destination destination = destination(10, null);
        List<Work> first = offer(2, destination, FOUR, 0);
        List<Work> again = List.of(retry(destination, FOUR), retry(destination, FOUR));
        again.forEach(one -> lanes.offer(one, Duration.ZERO, ROOM, 0));

        assertThat(startable(LINGER.toNanos())).containsExactlyInAnyOrder(first, again);
    }

    @Test
    void versionsOfADestinationTravelApart() {
        Destination old = destination(10, null);
        Destination current = new Destination(
                old.id(),
                old.organizationId(),
                old.name(),
                old.kind(),
                old.provider(),
                true,
                old.settings(),
                old.policy(),
                null,
                old.labels(),
                old.version() + 1,
                old.encoded());
        List<Work> before = offer(2, old, FOUR, 0);
        List<Work> after = offer(2, current, FOUR, 0);

        assertThat(startable(LINGER.toNanos())).containsExactly(before, after);
    }

    @Test
    void whatWasDroppedMeanwhileDoesNotGoAgain() {
        offer(4, destination(1, null), FOUR, 0);
        Call call = lanes.startable(0).getFirst();
        lanes.drop(_ -> true);

        assertThat(lanes.ended(call, null, halves(call, false), 1)).isEmpty();
        assertThat(startable(LINGER.toNanos() * 2)).isEmpty();
    }

    @Test
    void partsOfARefusedBatchAreDroppedToo() {
        List<Work> works = offer(4, destination(1, null), FOUR, 0);
        Call call = lanes.startable(0).getFirst();
        Call half = lanes.ended(call, null, halves(call, false), 1).getFirst();
        lanes.drop(works.get(2)::equals);

        assertThat(works(lanes.ended(half, delivered(), null, 1))).containsExactly(works.subList(3, 4));
    }

    @Test
    void whatADestinationThatIsLeftAloneRefusedWaitsElsewhere() {
        Destination destination = destination(2, null);
        List<Work> works = offer(8, destination, FOUR, 0);
        List<Call> both = lanes.startable(0);
        Fault fault = Fault.of(ErrorCategory.RESPONSE, "http_503", null);
        Observed failed = new Observed(new Outcome.Retryable(fault, null), Duration.ZERO, Instant.EPOCH);
        lanes.ended(both.getFirst(), failed, null, 0);

        lanes.ended(both.getLast(), null, halves(both.getLast(), false), 1);

        assertThat(evicted()).containsExactlyInAnyOrderElementsOf(works.subList(4, 8));
        assertThat(startable(LINGER.toNanos())).isEmpty();
    }

    @Test
    void whatGathersLeavesWhenThereIsNoRoomForMore() {
        Destination destination = destination(10, null);
        List<Work> works = offer(3, destination, FOUR, 0);
        Room noRoom = new Room(1, Long.MAX_VALUE);

        assertThat(lanes.offer(work(destination, FOUR), Duration.ZERO, noRoom, 1))
                .isInstanceOf(Admission.Overflow.class);

        assertThat(startable(1)).containsExactly(works);
    }

    @Test
    void membersCountAgainstTheShareOfTheLane() {
        Destination destination = destination(1, null);
        Room room = new Room(20, Long.MAX_VALUE);
        List<Admission> answers = IntStream.range(0, 6)
                .mapToObj(_ -> lanes.offer(work(destination, FOUR), Duration.ZERO, room, 0))
                .toList();
        lanes.startable(0);

        assertThat(answers.subList(0, 5)).containsOnly(new Admission.Accepted());
        assertThat(answers.getLast()).isInstanceOf(Admission.Overflow.class);
        assertThat(lanes.offer(work(destination, FOUR), Duration.ZERO, room, 0))
                .as("with four of them running")
                .isInstanceOf(Admission.Overflow.class);
    }

    private List<Work> evicted() {
        List<Work> evicted = new ArrayList<>();
        for (Lanes.Evicted one = lanes.evicted(); one != null; one = lanes.evicted()) {
            evicted.add(one.work());
            lanes.removeEvicted(one);
        }
        return evicted;
    }
}
