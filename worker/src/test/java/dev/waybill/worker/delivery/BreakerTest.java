package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final long SECOND = 1_000_000_000;
    private static final Outcome DELIVERED = new Outcome.Delivered();
    private static final Outcome UNAVAILABLE = new Outcome.Retryable(fault(ErrorCategory.RESPONSE, 503), null);
    private static final Outcome ACCOUNT = new Outcome.Throttled(fault(ErrorCategory.ACCOUNT, 429), null);
    private static final Outcome REFUSED = new Outcome.Permanent(fault(ErrorCategory.RESPONSE, 400));
    private static final Outcome GONE = new Outcome.Permanent(fault(ErrorCategory.RESPONSE, 410));
    private static final Outcome OURS = new Outcome.OurFault(fault(ErrorCategory.INTERNAL, 0));
    private static final Outcome PAYLOAD = new Outcome.Permanent(fault(ErrorCategory.PAYLOAD, 0));

    private final Samples samples = new Samples();
    private final Destination destination = samples.destination(
            "a",
            DeliveryPolicy.newBuilder()
                    .setBreakerFailureRatio(0.5)
                    .setBreakerMinVolume(4)
                    .setBreakerWindowMs(10_000L)
                    .setBreakerOpenMs(30_000L)
                    .setBreakerOpenMaxMs(60_000L)
                    .setBreakerProbes(2)
                    .build());
    private final Breaker breaker = breaker(null, 0);

    private Breaker breaker(@Nullable Health told, long now) {
        return new Breaker(destination, told, wall(now), now);
    }

    private static Destination of(Destination destination, long version) {
        return new Destination(
                destination.id(),
                destination.organizationId(),
                destination.name(),
                destination.kind(),
                destination.provider(),
                true,
                destination.settings(),
                destination.policy(),
                null,
                destination.labels(),
                version,
                destination.encoded());
    }

    private static Fault fault(ErrorCategory category, int code) {
        return new Fault(category, "code_" + code, null, code == 0 ? null : code);
    }

    private static Instant wall(long now) {
        return Samples.START.plusNanos(now);
    }

    private static void judge(Breaker breaker, long now, Outcome... outcomes) {
        for (Outcome outcome : outcomes) {
            breaker.judge(new Observed(outcome, Duration.ofMillis(5), wall(now)), now);
        }
    }

    private void trip(long now) {
        judge(breaker, now, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE);
        assertThat(breaker.lets(now)).isZero();
    }

    @Test
    void opensWhenTooManyOfAWindowFail() {
        judge(breaker, 0, DELIVERED, DELIVERED, UNAVAILABLE);
        assertThat(breaker.lets(0)).isEqualTo(Integer.MAX_VALUE);
        judge(breaker, 0, UNAVAILABLE);
        assertThat(breaker.lets(0)).isZero();
        assertThat(breaker.mustTell()).isTrue();
        Breaker.HealthTold told = breaker.tell();
        assertThat(told.before().isWell()).isTrue();
        assertThat(told.now().openUntil()).isEqualTo(wall(30 * SECOND));
        assertThat(told.now().trips()).isEqualTo(1);
        assertThat(breaker.mustTell()).isFalse();
    }

    /// Every other attempt would end the same way.
    @Test
    void aProblemOfTheAccountOpensItAtOnceAndForLong() {
        judge(breaker, SECOND, ACCOUNT);
        assertThat(breaker.lets(SECOND)).isZero();
        assertThat(breaker.told().trips()).isZero();
        assertThat(breaker.mustTell()).isTrue();
        Health told = breaker.tell().now();
        Duration longest = destination.policy().breaker().openMax();
        assertThat(told.openUntil()).isEqualTo(wall(SECOND).plus(longest));
        assertThat(told.last()).extracting(LastFailure::code).isEqualTo("code_429");

        long over = SECOND + longest.toNanos();
        assertThat(breaker.lets(over - 1)).isZero();
        assertThat(breaker.lets(over)).isPositive();
        judge(breaker, over, ACCOUNT);
        assertThat(breaker.lets(over + longest.toNanos() - 1)).isZero();
    }

    @Test
    void whatFellOutOfTheWindowCountsNoMore() {
        judge(breaker, 0, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE);
        judge(breaker, 11 * SECOND, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE);
        assertThat(breaker.lets(11 * SECOND)).isPositive();
        judge(breaker, 20 * SECOND, UNAVAILABLE);
        assertThat(breaker.lets(20 * SECOND)).isZero();
    }

    @Test
    void whoAnswersIsThereAndWhatIsNotItsFaultIsIgnored() {
        judge(breaker, 0, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED);
        judge(breaker, 0, OURS, OURS, OURS, OURS, PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD);
        assertThat(breaker.lets(0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(breaker.tell().now().failures()).isEqualTo(5);
    }

    @Test
    void letsOnlyProbesThroughUntilEnoughSucceed() {
        trip(0);
        assertThat(breaker.opensAt()).isEqualTo(30 * SECOND);
        assertThat(breaker.lets(30 * SECOND - 1)).isZero();
        assertThat(breaker.lets(30 * SECOND)).isEqualTo(2);
        judge(breaker, 30 * SECOND, DELIVERED);
        assertThat(breaker.lets(30 * SECOND)).isEqualTo(2);
        breaker.tell();
        judge(breaker, 31 * SECOND, DELIVERED);
        assertThat(breaker.lets(31 * SECOND)).isEqualTo(Integer.MAX_VALUE);
        assertThat(breaker.mustTell()).isTrue();
        assertThat(breaker.tell().now().isWell()).isTrue();
    }

    @Test
    void aProbeThatFailsOpensItForLonger() {
        trip(0);
        judge(breaker, 30 * SECOND, DELIVERED, UNAVAILABLE);
        assertThat(breaker.opensAt()).isEqualTo(90 * SECOND);
        judge(breaker, 90 * SECOND, UNAVAILABLE);
        assertThat(breaker.opensAt()).as("the longest time").isEqualTo(150 * SECOND);
        assertThat(breaker.tell().now().trips()).isEqualTo(3);
    }

    @Test
    void whatBeganBeforeItOpenedChangesNothing() {
        trip(0);
        judge(breaker, SECOND, DELIVERED, DELIVERED, DELIVERED, UNAVAILABLE);
        assertThat(breaker.lets(SECOND)).isZero();
        assertThat(breaker.tell().now().trips()).isEqualTo(1);
    }

    @Test
    void whatAnEarlierOwnerKnewMakesItHalfOpen() {
        trip(0);
        Breaker next = breaker(breaker.tell().now(), 40 * SECOND);
        assertThat(next.lets(40 * SECOND)).isEqualTo(2);
        assertThat(next.mayTell()).isFalse();
        judge(next, 40 * SECOND, UNAVAILABLE);
        assertThat(next.opensAt()).isEqualTo(100 * SECOND);
        assertThat(next.tell().now().failures()).isEqualTo(5);
    }

    @Test
    void aNewOwnerLeavesItAloneForTheRestOfItsTime() {
        trip(0);
        Breaker next = breaker(breaker.tell().now(), 10 * SECOND);
        assertThat(next.lets(10 * SECOND)).isZero();
        assertThat(next.opensAt()).isEqualTo(30 * SECOND);
        assertThat(next.mayTell()).isFalse();
        judge(next, 30 * SECOND, DELIVERED, DELIVERED);
        assertThat(next.mustTell()).as("others still take it to be open").isTrue();
        assertThat(next.tell().now().isWell()).isTrue();
    }

    /// The clock that it was told by may be an hour ahead of this one.
    @Test
    void aNewOwnerLeavesItAloneNoLongerThanItWasToBe() {
        trip(0);
        Breaker next = new Breaker(destination, breaker.tell().now(), wall(-3_600 * SECOND), 0);
        assertThat(next.opensAt()).isEqualTo(30 * SECOND);
    }

    @Test
    void anotherVersionStartsAnew() {
        trip(0);
        Destination changed = of(destination, 2);
        Breaker next = new Breaker(changed, breaker.tell().now(), wall(SECOND), SECOND);
        assertThat(next.lets(SECOND)).isEqualTo(Integer.MAX_VALUE);
        assertThat(next.mayTell()).as("others still take it to be open").isTrue();
        assertThat(next.tell().now().isWell()).isTrue();
    }

    @Test
    void aRecordOfTheSameVersionNumberStartsAnew() {
        judge(breaker, 0, GONE);
        Destination again = samples.destination(
                "a", DeliveryPolicy.newBuilder().setMaxAttempts(7).build());
        assertThat(again.version()).isEqualTo(destination.version());
        assertThat(breaker.givesWayTo(again, SECOND)).isTrue();
        Breaker next = new Breaker(again, breaker.tell().now(), wall(SECOND), SECOND);
        assertThat(next.lets(SECOND)).as("the one that is gone was another").isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aLowerVersionTakesOverWhenNothingOfTheCurrentOneComesAnyMore() {
        Destination lower = of(destination, 0);
        assertThat(breaker.givesWayTo(destination, 5 * SECOND)).isFalse();
        long over = 5 * SECOND + Breaker.OUTDATED_AFTER.toNanos();
        assertThat(breaker.givesWayTo(lower, over - 1)).as("it may be late").isFalse();
        assertThat(breaker.givesWayTo(lower, over)).isTrue();
    }

    @Test
    void goneMeansDisabled() {
        judge(breaker, 0, GONE);
        assertThat(breaker.lets(0)).isZero();
        assertThat(breaker.mustTell()).isTrue();
        assertThat(breaker.tell().now().disabledReason()).isEqualTo(Health.GONE);
    }

    @Test
    void aConnectionTestKeepsItOpenButNeverClosesIt() {
        trip(0);
        breaker.testFailed(wall(10 * SECOND), 10 * SECOND);
        assertThat(breaker.opensAt()).as("its time is not over").isEqualTo(30 * SECOND);
        assertThat(breaker.isUntried(30 * SECOND)).isTrue();
        breaker.testFailed(wall(30 * SECOND), 30 * SECOND);
        assertThat(breaker.opensAt()).isEqualTo(90 * SECOND);
        judge(breaker, 90 * SECOND, DELIVERED);
        breaker.testFailed(wall(91 * SECOND), 91 * SECOND);
        assertThat(breaker.lets(91 * SECOND)).as("a probe has succeeded since").isEqualTo(2);
        assertThat(breaker.tell().now().failures()).as("tests are no attempts").isZero();
    }

    @Test
    void whoWantsNoneHasNone() {
        Destination without = samples.destination(
                "b", DeliveryPolicy.newBuilder().setBreakerEnabled(false).build());
        Breaker none = new Breaker(without, null, wall(0), 0);
        for (int i = 0; i < 99; i++) {
            judge(none, 0, UNAVAILABLE);
        }
        judge(none, 0, ACCOUNT);
        assertThat(none.lets(0)).isEqualTo(Integer.MAX_VALUE);
    }

    /// A destination of which a few attempts fail need not be told of each time.
    @Test
    void aFewFailuresMayBeToldButMustNot() {
        judge(breaker, 0, DELIVERED, DELIVERED, UNAVAILABLE);
        assertThat(breaker.mustTell()).isFalse();
        assertThat(breaker.mayTell()).isTrue();
        judge(breaker, 0, DELIVERED);
        assertThat(breaker.mayTell()).isFalse();
    }
}
