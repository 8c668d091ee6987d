package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LanesTest {

    private static final long SECOND = 1_000_000_000;
    private static final int ROOM = 1_000;

    private final Samples samples = new Samples();
    private int offset;

    private Work work(Destination destination) {
        return Samples.work(samples.task("delivery-" + offset, destination), offset++);
    }

    private Work retry(Destination destination) {
        Work first = work(destination);
        Route one = first.task().route();
        Route again = new Route(0, 1, null, one.candidates(), 0, 2, 1, 1, null, 0, one.last(), one.trail());
        return Samples.work(first.task().with(again), first.offset());
    }

    private static Destination of(String organization, Destination one) {
        return new Destination(
                one.id(),
                organization,
                one.name(),
                one.kind(),
                one.provider(),
                true,
                one.settings(),
                one.policy(),
                null,
                one.labels(),
                one.version(),
                one.encoded());
    }

    private Destination destination(String name, int concurrency) {
        return samples.destination(
                name, DeliveryPolicy.newBuilder().setConcurrency(concurrency).build());
    }

    private Destination limited(String name, int permits) {
        return samples.destination(
                name,
                DeliveryPolicy.newBuilder()
                        .setConcurrency(10)
                        .setRatePermits(permits)
                        .build());
    }

    private static SingleLanes lanes(int slots) {
        return new SingleLanes(LaneSettings.of(slots), 0);
    }

    private static void accept(SingleLanes lanes, Work work, long now) {
        assertThat(lanes.offer(work, Duration.ZERO, ROOM, now)).isEqualTo(new Admission.Accepted());
    }

    @Test
    void startsUpToTheConcurrencyAndGoesOnAsAttemptsEnd() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = destination("a", 2);
        List<Work> works = List.of(work(destination), work(destination), work(destination));
        works.forEach(one -> accept(lanes, one, 0));

        assertThat(lanes.startable(0)).containsExactly(works.get(0), works.get(1));
        assertThat(lanes.startable(0)).isEmpty();
        assertThat(lanes.ended(works.get(1), null, 1)).containsExactly(works.get(2));
        assertThat(lanes.running()).isEqualTo(2);
    }

    @Test
    void aRateLimitedLaneGoesOnWhenItsTokenIsThere() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = limited("a", 2);
        for (int i = 0; i < 4; i++) {
            accept(lanes, work(destination), 0);
        }
        assertThat(lanes.startable(0)).hasSize(2);
        assertThat(lanes.startable(SECOND / 2 - 1)).isEmpty();
        assertThat(lanes.startable(SECOND / 2)).hasSize(1);
        assertThat(lanes.startable(SECOND)).hasSize(1);
    }

    @Test
    void aRateLimitedLaneWithoutASlotDoesNotSpin() {
        SingleLanes lanes = lanes(1);
        Work first = work(destination("a", 1));
        accept(lanes, first, 0);
        assertThat(lanes.startable(0)).containsExactly(first);
        Work second = work(limited("b", 5));
        accept(lanes, second, 0);

        assertThat(lanes.startable(0)).isEmpty();
        assertThat(lanes.ended(first, null, 1)).containsExactly(second);
    }

    @Test
    void aTaskWaitsForItsDueTimeWithoutASlot() {
        SingleLanes lanes = lanes(1);
        Destination destination = destination("a", 1);
        Work later = work(destination);
        lanes.offer(later, Duration.ofMillis(300), ROOM, 0);
        Work now = work(destination);
        accept(lanes, now, 0);

        assertThat(lanes.startable(0)).containsExactly(now);
        assertThat(lanes.ended(now, null, 10)).isEmpty();
        assertThat(lanes.startable(300_000_000 - 1)).isEmpty();
        assertThat(lanes.startable(300_000_000)).containsExactly(later);
    }

    @Test
    void whatIsDroppedIsNeverStarted() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = destination("a", 1);
        Work running = work(destination);
        Work ready = work(destination);
        Work waiting = work(destination);
        accept(lanes, running, 0);
        accept(lanes, ready, 0);
        lanes.offer(waiting, Duration.ofMillis(1), ROOM, 0);
        lanes.startable(0);

        lanes.drop(_ -> true);

        assertThat(lanes.isRunning(running::equals)).isTrue();
        assertThat(lanes.isRunning(ready::equals)).isFalse();
        assertThat(lanes.ended(running, null, SECOND)).isEmpty();
        assertThat(lanes.startable(SECOND)).isEmpty();
        assertThat(lanes.isRunning(_ -> true)).isFalse();
    }

    /// One destination with a thousand tasks takes its share, and whoever comes later does not wait for it.
    @Test
    void aHogKeepsNobodyFromASlot() {
        SingleLanes lanes = lanes(100);
        Destination hog = destination("hog", 1_000);
        int held = 0;
        for (int i = 0; i < 1_000; i++) {
            held += lanes.offer(work(hog), Duration.ZERO, ROOM - held, 0) instanceof Admission.Accepted ? 1 : 0;
        }
        assertThat(held).isBetween(190, 210);
        assertThat(lanes.startable(0)).hasSizeBetween(15, 25);
        for (int i = 0; i < 40; i++) {
            Work other = work(destination("other-" + i, 1));
            accept(lanes, other, 0);
            assertThat(lanes.startable(0)).containsExactly(other);
        }
    }

    @Test
    void lanesTakeTurns() {
        SingleLanes lanes = lanes(1);
        for (String name : List.of("a", "a", "a", "b", "b", "c")) {
            accept(lanes, work(destination(name, 5)), 0);
        }
        assertThat(order(lanes)).containsExactly("a", "b", "c", "a", "b", "a");
    }

    /// However many destinations an organization has, another one is served in between.
    @Test
    void organizationsTakeTurns() {
        SingleLanes lanes = lanes(1);
        for (String name : List.of("a1", "a2", "a3", "a4")) {
            accept(lanes, work(of("large", destination(name, 5))), 0);
        }
        for (int i = 0; i < 2; i++) {
            accept(lanes, work(of("small", destination("b", 5))), 0);
        }
        assertThat(order(lanes)).containsExactly("a1", "b", "a2", "b", "a3", "a4");
    }

    @Test
    void retriesLeaveSlotsToFirstAttempts() {
        SingleLanes lanes = lanes(8);
        List<Work> retries = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            retries.add(retry(destination("failing-" + i, 5)));
            accept(lanes, retries.getLast(), 0);
        }
        assertThat(lanes.startable(0)).containsExactlyElementsOf(retries.subList(0, 6));
        Work first = work(destination("new", 5));
        Work beside = work(destination("failing-9", 5));
        accept(lanes, first, 0);
        accept(lanes, beside, 0);

        assertThat(lanes.startable(0)).containsExactly(first, beside);
        assertThat(lanes.ended(first, null, 1))
                .as("a slot that no retry may have")
                .isEmpty();
        assertThat(lanes.ended(retries.get(0), null, 1)).containsExactly(retries.get(6));
    }

    /// What is new does not keep retries from their part for ever.
    @Test
    void aRetryThatStoodAsideTakesItsTurnAgain() {
        SingleLanes lanes = lanes(4);
        List<Work> retries = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            retries.add(retry(destination("failing-" + i, 1)));
            accept(lanes, retries.getLast(), 0);
        }
        List<Work> first = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            first.add(work(destination("new-" + i, 1)));
        }
        accept(lanes, first.get(0), 0);
        accept(lanes, first.get(1), 0);
        assertThat(lanes.startable(0)).containsExactly(retries.get(0), retries.get(1), retries.get(2), first.get(0));

        assertThat(lanes.ended(retries.get(0), null, 1)).containsExactly(first.get(1));
        accept(lanes, first.get(2), 1);
        accept(lanes, first.get(3), 1);
        assertThat(lanes.ended(first.get(0), null, 2)).containsExactly(retries.get(3));
        assertThat(lanes.ended(first.get(1), null, 2)).containsExactly(first.get(2));
    }

    /// A lane that has its share goes on as soon as one of its attempts ends, or the others leave it more.
    @Test
    void aLaneThatWasHeldBackGoesOn() {
        SingleLanes lanes = lanes(8);
        Destination hog = destination("hog", 8);
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            works.add(work(hog));
            accept(lanes, works.getLast(), 0);
        }
        Work other = work(destination("other", 1));
        accept(lanes, other, 0);
        assertThat(lanes.startable(0)).containsExactly(works.get(0), other, works.get(1));

        assertThat(lanes.ended(works.get(0), null, 1)).containsExactly(works.get(2));
        assertThat(lanes.ended(other, null, 1)).isEmpty();
        assertThat(lanes.ended(works.get(1), null, 1)).containsExactly(works.get(3));
    }

    @Test
    void retriesAndFirstAttemptsOfALaneTakeTurns() {
        SingleLanes lanes = lanes(1);
        Destination destination = destination("a", 1);
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            works.add(retry(destination));
        }
        for (int i = 0; i < 2; i++) {
            works.add(work(destination));
        }
        works.forEach(one -> accept(lanes, one, 0));
        List<Boolean> retries = new ArrayList<>();
        List<Work> started = lanes.startable(0);
        while (!started.isEmpty()) {
            retries.add(started.getFirst().isRetry());
            started = lanes.ended(started.getFirst(), null, 1);
        }
        assertThat(retries).containsExactly(true, false, true, false, true);
    }

    private static Observed failed(long now) {
        Fault fault = new Fault(ErrorCategory.RESPONSE, "http_503", null, 503);
        return new Observed(new Outcome.Retryable(fault, null), Duration.ofMillis(1), Samples.START.plusNanos(now));
    }

    private static Observed delivered(long now) {
        return new Observed(new Outcome.Delivered(), Duration.ofMillis(1), Samples.START.plusNanos(now));
    }

    private Destination fragile(String name) {
        return samples.destination(
                name,
                DeliveryPolicy.newBuilder()
                        .setConcurrency(4)
                        .setBreakerMinVolume(2)
                        .setBreakerOpenMs(10_000L)
                        .setBreakerProbes(1)
                        .build());
    }

    /// Everything that waits in the lane of a destination that is left alone goes elsewhere, and nothing more
    /// comes in.
    @Test
    void anOpenBreakerEmptiesItsLane() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = fragile("a");
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            works.add(work(destination));
            accept(lanes, works.getLast(), 0);
        }
        lanes.offer(works.set(7, work(destination)), Duration.ofMillis(500), ROOM, 0);
        assertThat(lanes.startable(0)).hasSize(4);
        assertThat(lanes.evicted()).isNull();
        lanes.ended(works.get(0), failed(1), 1);
        lanes.ended(works.get(1), failed(1), 1);

        List<Work> evicted = new ArrayList<>();
        for (Lanes.Evicted one = lanes.evicted(); one != null; one = lanes.evicted()) {
            evicted.add(one.work());
            assertThat(one.away()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
            lanes.removeEvicted(one);
        }
        // Six had been let in for the two that ended; what ran goes on.
        assertThat(evicted).hasSize(4).doesNotContainAnyElementsOf(works.subList(0, 5));
        assertThat(lanes.offer(work(destination), Duration.ZERO, ROOM, 2)).isInstanceOf(Admission.Overflow.class);
        assertThat(lanes.shut(2)).isEqualTo(1);
        HealthChange change = lanes.healthChanges().getFirst();
        assertThat(change.isTrip()).isTrue();
        assertThat(change.health().openUntil())
                .isEqualTo(Samples.START.plusSeconds(10).plusNanos(1));
        assertThat(lanes.healthChanges()).isEmpty();
    }

    @Test
    void whoCanGoElsewhereIsNotKeptAwayForLong() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = fragile("a");
        Work other = Samples.work(samples.task("delivery-9", destination, destination("b", 1)), 9);
        Work first = work(destination);
        Work second = work(destination);
        accept(lanes, first, 0);
        accept(lanes, second, 0);
        lanes.startable(0);
        lanes.ended(first, failed(1), 1);
        lanes.ended(second, failed(1), 1);
        assertThat(lanes.offer(other, Duration.ZERO, ROOM, 2)).isEqualTo(new Admission.Overflow(Lane.OVERFLOW_MIN));
    }

    @Test
    void afterItsTimeABreakerLetsAProbeThroughAndThenAll() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = fragile("a");
        Work first = work(destination);
        Work second = work(destination);
        accept(lanes, first, 0);
        accept(lanes, second, 0);
        lanes.startable(0);
        lanes.ended(first, failed(0), 0);
        lanes.ended(second, failed(0), 0);
        lanes.healthChanges();

        long now = 10 * SECOND;
        Work probe = work(destination);
        accept(lanes, probe, now);
        Work after = work(destination);
        accept(lanes, after, now);
        assertThat(lanes.startable(now)).containsExactly(probe);
        assertThat(lanes.ended(probe, delivered(now), now)).containsExactly(after);
        assertThat(lanes.healthChanges().getFirst().isClosing()).isTrue();
    }

    /// What an attempt of an earlier assignment, or of an earlier version, ended with says nothing here.
    @Test
    void judgesOnlyWhatItStarted() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = fragile("a");
        Work first = work(destination);
        Work second = work(destination);
        accept(lanes, first, 0);
        accept(lanes, second, 0);
        lanes.startable(0);
        lanes.drop(_ -> true);
        Work again = new Work(
                first.task(), destination, first.partition(), first.epoch() + 1, first.offset(), first.headers(), null);
        accept(lanes, again, 1);
        lanes.ended(first, failed(1), 1);
        lanes.ended(second, failed(1), 1);
        assertThat(lanes.shut(1)).isZero();
        assertThat(lanes.healthChanges()).isEmpty();
    }

    private long open(SingleLanes lanes, Destination destination) {
        Work first = work(destination);
        Work second = work(destination);
        accept(lanes, first, 0);
        accept(lanes, second, 0);
        lanes.startable(0);
        lanes.ended(first, failed(0), 0);
        lanes.ended(second, failed(0), 0);
        assertThat(lanes.healthChanges()).hasSize(1);
        return 10 * SECOND + Lane.TEST_AFTER.toNanos();
    }

    @Test
    void whenNothingComesTheConnectionIsTestedInstead() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = fragile("a");
        long at = open(lanes, destination);
        lanes.startable(at - 1);
        assertThat(lanes.toTest()).isNull();
        lanes.startable(at);
        assertThat(lanes.toTest()).isEqualTo(destination);
        assertThat(lanes.toTest()).isNull();

        lanes.tested(destination, true, Samples.START.plusNanos(at), at);
        assertThat(lanes.shut(at)).isEqualTo(1);
        assertThat(lanes.healthChanges().getFirst().health().trips()).isEqualTo(2);

        long again = at + 20 * SECOND + Lane.TEST_AFTER.toNanos();
        lanes.startable(again);
        assertThat(lanes.toTest()).isEqualTo(destination);
        lanes.tested(destination, false, Samples.START.plusNanos(again), again);
        assertThat(lanes.healthChanges()).as("a good connection is no delivery").isEmpty();
    }

    @Test
    void nothingIsTestedWhereSomethingCame() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = fragile("a");
        long at = open(lanes, destination);
        accept(lanes, work(destination), at - 1);
        lanes.startable(at - 1);
        lanes.startable(at);
        assertThat(lanes.toTest()).isNull();
    }

    /// Whoever does not use a destination any more need not know how it is.
    @Test
    void testsEndWhenNothingHasComeForLong() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = fragile("a");
        open(lanes, destination);
        int tests = 0;
        for (long now = 10 * SECOND; now < 3_600 * SECOND; now += SECOND) {
            lanes.startable(now);
            if (lanes.toTest() != null) {
                tests++;
                lanes.tested(destination, true, Samples.START.plusNanos(now), now);
            }
            lanes.healthChanges();
        }
        assertThat(tests).isBetween(4, 7);
        assertThat(lanes.shut(3_600 * SECOND)).isZero();
    }

    /// A rate of one in ten minutes would keep the offsets behind it open for hours.
    @Test
    void whatIsHeldForTooLongWaitsElsewhere() {
        SingleLanes lanes = lanes(1_000);
        Destination slow = samples.destination(
                "slow",
                DeliveryPolicy.newBuilder()
                        .setRatePermits(1)
                        .setRatePeriodMs(600_000L)
                        .build());
        List<Work> works = List.of(work(slow), work(slow), work(slow));
        works.forEach(one -> accept(lanes, one, 0));
        assertThat(lanes.startable(0)).containsExactly(works.get(0));
        lanes.startable(59 * SECOND);
        assertThat(lanes.evicted()).isNull();
        lanes.startable(76 * SECOND);
        Lanes.Evicted one = lanes.evicted();
        assertThat(one).isNotNull();
        assertThat(one.work()).isEqualTo(works.get(1));
        assertThat(one.away()).isBetween(Duration.ofMinutes(8), Duration.ofMinutes(21));
        lanes.removeEvicted(one);
        Lanes.Evicted next = lanes.evicted();
        assertThat(next).isNotNull();
        assertThat(next.work()).isEqualTo(works.get(2));
    }

    /// Calls that never come back keep their destination from more of them, but not the others from their slots.
    @Test
    void aCallThatWasWrittenOffGivesItsSlotAndNotItsPlaceAtTheDestination() {
        SingleLanes lanes = lanes(4);
        Destination hangs = destination("hangs", 1);
        Work stuck = work(hangs);
        accept(lanes, stuck, 0);
        lanes.startable(0);
        accept(lanes, work(hangs), 0);
        assertThat(lanes.writtenOff(stuck, ambiguous(1), 1)).isEmpty();
        assertThat(lanes.running()).isZero();
        assertThat(lanes.stuck()).isEqualTo(1);
        for (int i = 0; i < 4; i++) {
            accept(lanes, work(destination("other-" + i, 1)), 1);
        }
        assertThat(lanes.startable(1)).hasSize(4);
    }

    @Test
    void callsThatHangKeepTheirSlotsWhenTheyAreMany() {
        SingleLanes lanes = lanes(4);
        List<Work> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(work(destination("hangs-" + i, 1)));
            accept(lanes, all.getLast(), 0);
        }
        assertThat(lanes.startable(0)).hasSize(4);
        all.forEach(one -> lanes.writtenOff(one, ambiguous(1), 1));
        for (int i = 0; i < 4; i++) {
            accept(lanes, work(destination("other-" + i, 1)), 1);
        }
        assertThat(lanes.startable(1))
                .as("a quarter of the slots is given away again")
                .hasSize(1);
        assertThat(lanes.ended(all.getFirst(), null, 2)).as("one came back").hasSize(1);
    }

    private static Observed ambiguous(long now) {
        Fault fault = Fault.of(ErrorCategory.TIMEOUT, "attempt_stuck", null);
        return new Observed(new Outcome.Ambiguous(fault), Duration.ofMinutes(1), Samples.START.plusNanos(now));
    }

    /// Ten deliveries every eleven minutes are more than ten a day.
    @Test
    void aRateLimitIsRememberedLongerThanItsLane() {
        SingleLanes lanes = lanes(1_000);
        Destination destination = samples.destination(
                "a",
                DeliveryPolicy.newBuilder()
                        .setConcurrency(10)
                        .setRatePermits(10)
                        .setRatePeriodMs(Duration.ofDays(1).toMillis())
                        .build());
        long now = 0;
        int started = 0;
        for (int i = 0; i < 60; i++) {
            for (int j = 0; j < 10; j++) {
                lanes.offer(work(destination), Duration.ZERO, ROOM, now);
            }
            List<Work> some = lanes.startable(now);
            started += some.size();
            for (Work one : some) {
                started += lanes.ended(one, delivered(now), now).size();
            }
            lanes.drop(_ -> true);
            now += Duration.ofMinutes(11).toNanos();
            lanes.startable(now);
        }
        assertThat(Duration.ofNanos(now)).isEqualTo(Duration.ofHours(11));
        assertThat(started).isBetween(4, 6);
    }

    @Test
    void whatNobodyWaitsForIsToldWithinAMinute() {
        SingleLanes lanes = lanes(1_000);
        Work work = work(destination("a", 1));
        accept(lanes, work, 0);
        lanes.startable(0);
        lanes.ended(work, failed(1), 1);
        assertThat(lanes.healthChanges()).isEmpty();
        lanes.startable(61 * SECOND);
        assertThat(lanes.healthChanges().getFirst().health().failures()).isEqualTo(1);
    }

    /// One after the other, to the end.
    private static List<String> order(SingleLanes lanes) {
        List<String> order = new ArrayList<>();
        List<Work> started = lanes.startable(0);
        while (!started.isEmpty()) {
            order.add(started.getFirst().destination().name());
            started = lanes.ended(started.getFirst(), null, 1);
        }
        return order;
    }

    private Lane lane(Destination destination) {
        return new Lane(0, new Organization(1), work(destination), null, () -> Samples.START, 0);
    }

    @Test
    void overflowSpreadsOverTheTimeTheDestinationTakes() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            Lane lane = lane(destination("a" + seed, random.nextInt(1, 30)));
            long now = 0;
            long lastDue = 0;
            for (int i = 0; i < 3_000; i++) {
                if (random.nextInt(50) == 0) {
                    now += random.nextLong(SECOND);
                }
                long away = lane.overflow(now).toNanos();
                assertThat(away)
                        .as("seed %d", seed)
                        .isBetween(Lane.OVERFLOW_MIN.toNanos(), Lane.OVERFLOW_MAX.toNanos());
                assertThat(now + away).as("seed %d", seed).isGreaterThanOrEqualTo(lastDue);
                lastDue = now + away;
            }
        }
    }

    /// One attempt that takes so long, and nothing else.
    private Lane laneThatWorkedFor(Duration attempt) {
        Destination destination = destination("burst", 16);
        Lane lane = lane(destination);
        lane.add(work(destination), Duration.ZERO, 0);
        Call call = Objects.requireNonNull(lane.start(false, 0));
        lane.ended(call, null, null, attempt.toNanos());
        return lane;
    }

    private void burst(Lane lane, long now) {
        for (int i = 0; i < 100; i++) {
            lane.add(work(destination("burst", 16)), Duration.ZERO, now);
        }
    }

    @Test
    void timeWithoutWorkSaysNothingAboutTheDestination() {
        Lane lane = laneThatWorkedFor(Duration.ofMillis(10));
        burst(lane, 3 * SECOND);
        assertThat(lane.overflow(3 * SECOND)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void timeUntilATaskIsDueSaysNothingEither() {
        Lane lane = laneThatWorkedFor(Duration.ofMillis(10));
        lane.add(work(destination("burst", 16)), Duration.ofSeconds(3), SECOND);
        lane.wake(4 * SECOND);
        burst(lane, 4 * SECOND);
        assertThat(lane.overflow(4 * SECOND)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void timeAtWorkDoes() {
        Lane lane = laneThatWorkedFor(Duration.ofSeconds(3));
        burst(lane, 3 * SECOND);
        assertThat(lane.overflow(3 * SECOND)).isGreaterThan(Duration.ofSeconds(60));
        Lane busy = laneThatWorkedFor(Duration.ofMillis(10));
        burst(busy, 20_000_000);
        assertThat(busy.overflow(3 * SECOND)).isGreaterThan(Duration.ofSeconds(60));
    }

    @Test
    void overflowOfALimitedLaneFollowsItsLimit() {
        Lane lane = lane(limited("slow", 2));
        Duration last = Duration.ZERO;
        for (int i = 0; i < 101; i++) {
            last = lane.overflow(0);
        }
        assertThat(last).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(52));
    }

    /// Whatever ends in whatever order, all that was accepted is started, within every bound.
    @Test
    void losesNoWakeUp() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int slots = random.nextInt(1, 20);
            SingleLanes lanes = lanes(slots);
            List<Destination> destinations = new ArrayList<>();
            for (int i = 0; i < random.nextInt(1, 8); i++) {
                destinations.add(of(
                        "org" + random.nextInt(3),
                        random.nextInt(3) == 0
                                ? limited("l" + i + "-" + seed, random.nextInt(1, 30))
                                : destination("d" + i + "-" + seed, random.nextInt(1, 6))));
            }
            long now = 0;
            int accepted = 0;
            int startedInAll = 0;
            List<Work> running = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                now += random.nextInt(20_000_000);
                if (accepted < 60 && random.nextInt(4) == 0) {
                    Destination destination = destinations.get(random.nextInt(destinations.size()));
                    Work work = random.nextBoolean() ? work(destination) : retry(destination);
                    Duration untilDue = Duration.ofMillis(random.nextInt(3) == 0 ? random.nextInt(900) : 0);
                    accepted += lanes.offer(work, untilDue, ROOM, now) instanceof Admission.Accepted ? 1 : 0;
                }
                List<Work> started = !running.isEmpty() && random.nextBoolean()
                        ? lanes.ended(running.remove(random.nextInt(running.size())), null, now)
                        : lanes.startable(now);
                startedInAll += started.size();
                running.addAll(started);
                assertWithinBounds(running, slots, seed);
            }
            for (int i = 0; i < 2_000 && startedInAll < accepted; i++) {
                now += SECOND / 10;
                List<Work> started = new ArrayList<>(lanes.startable(now));
                while (!running.isEmpty()) {
                    started.addAll(lanes.ended(running.removeLast(), null, now));
                }
                startedInAll += started.size();
                running.addAll(started);
            }
            assertThat(startedInAll).as("seed %d", seed).isEqualTo(accepted);
        }
    }

    private static void assertWithinBounds(List<Work> running, int slots, long seed) {
        assertThat(running).as("seed %d", seed).hasSizeLessThanOrEqualTo(slots);
        assertThat(running)
                .as("seed %d", seed)
                .filteredOn(Work::isRetry)
                .hasSizeLessThanOrEqualTo(Math.max(1, slots * 3 / 4));
        Map<UUID, Integer> perDestination = new HashMap<>();
        for (Work work : running) {
            int count = perDestination.merge(work.destination().id(), 1, Integer::sum);
            assertThat(count)
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(
                            work.destination().policy().concurrency().cap());
        }
    }
}
