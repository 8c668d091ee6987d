package dev.waybill.topology.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.Models;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionsTest {

    private static final Instant NOW = Models.NOW;
    private static final Fault FAULT = Fault.of(ErrorCategory.RESPONSE, "http_503", null);
    private static final Policy THREE = policy(3, new Schedule.Listed(List.of(Duration.ofSeconds(10))), 0);

    private final Delivery delivery = Models.delivery(Models.request("a"));

    @Test
    void deliveredIsComplete() {
        assertThat(decide(route(1, "a"), THREE, new Outcome.Delivered())).isEqualTo(new Decision.Complete());
    }

    @Test
    void whatMayHelpIsTriedAgainUntilTheAttemptsAreUsedUp() {
        for (Outcome outcome : List.of(new Outcome.Retryable(FAULT, null), new Outcome.Throttled(FAULT, null))) {
            assertThat(decide(route(1, "a", "b"), THREE, outcome)).isEqualTo(retry(10));
            assertThat(decide(route(2, "a", "b"), THREE, outcome)).isEqualTo(retry(10));
            assertThat(decide(route(3, "a", "b"), THREE, outcome)).isEqualTo(new Decision.FailOver(Reasons.EXHAUSTED));
            assertThat(decide(route(3, "a"), THREE, outcome)).isEqualTo(new Decision.DeadLetter(Reasons.EXHAUSTED));
        }
    }

    /// All attempts would end the same way, so none is charged, and whoever can take it does.
    @Test
    void aProblemOfTheAccountFailsOverOrIsWaitedForUncharged() {
        Fault account = Fault.of(ErrorCategory.ACCOUNT, "no_credits", null);
        var outcome = new Outcome.Throttled(account, Duration.ofMinutes(30));
        Duration shortest = THREE.breaker().openMax();
        assertThat(decide(route(1, "a", "b"), THREE, outcome)).isEqualTo(new Decision.FailOver(Reasons.ACCOUNT));
        assertThat(decide(route(3, "a"), THREE, outcome))
                .isEqualTo(new Decision.Retry(NOW.plus(Duration.ofMinutes(30)), false));
        assertThat(decide(route(3, "a"), THREE, new Outcome.Throttled(account, null)))
                .isEqualTo(new Decision.Retry(NOW.plus(shortest), false));
        Instant end = NOW.plus(THREE.maxAge());
        var soon = new Outcome.Throttled(account, null);
        assertThat(decide(route(3, "a"), THREE, soon, end.minus(shortest))).isEqualTo(new Decision.Expire());
        assertThat(decide(route(3, "a"), THREE, soon, end.minus(shortest).minusMillis(1)))
                .isInstanceOf(Decision.Retry.class);
    }

    @Test
    void permanentFailsOverAtOnce() {
        var outcome = new Outcome.Permanent(FAULT);
        assertThat(decide(route(1, "a", "b"), THREE, outcome)).isEqualTo(new Decision.FailOver(Reasons.PERMANENT));
        assertThat(decide(route(1, "a"), THREE, outcome)).isEqualTo(new Decision.DeadLetter(Reasons.PERMANENT));
    }

    @Test
    void ambiguousIsRetriedOrStoppedButNeverFailsOver() {
        var outcome = new Outcome.Ambiguous(FAULT);
        assertThat(decide(route(1, "a", "b"), THREE, outcome)).isEqualTo(retry(10));
        assertThat(decide(route(3, "a", "b"), THREE, outcome)).isEqualTo(new Decision.DeadLetter(Reasons.AMBIGUOUS));
        assertThat(decide(route(1, "a", "b"), Policy.defaults(Kind.EMAIL), outcome))
                .isEqualTo(new Decision.DeadLetter(Reasons.AMBIGUOUS));
    }

    @Test
    void ourFaultIsNotChargedAndEndsWithTheDelivery() {
        var outcome = new Outcome.OurFault(FAULT);
        Instant end = NOW.plus(THREE.maxAge());
        assertThat(decide(route(3, "a"), THREE, outcome))
                .isEqualTo(new Decision.Retry(NOW.plus(Decisions.OUR_FAULT_DELAY), false));
        assertThat(decide(route(3, "a"), THREE, outcome, end.minus(Decisions.OUR_FAULT_DELAY)))
                .isEqualTo(new Decision.Expire());
        assertThat(decide(
                        route(3, "a"),
                        THREE,
                        outcome,
                        end.minus(Decisions.OUR_FAULT_DELAY).minusMillis(1)))
                .isInstanceOf(Decision.Retry.class);
    }

    /// What does not pass soon must not keep every queue busy until the delivery ends.
    @Test
    void ourFaultIsWaitedForTwiceAsLongEachTimeUpToABound() {
        assertThat(Decisions.ourFaultDelay(0)).isEqualTo(Duration.ofSeconds(5));
        assertThat(Decisions.ourFaultDelay(1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(Decisions.ourFaultDelay(5)).isEqualTo(Duration.ofSeconds(160));
        assertThat(Decisions.ourFaultDelay(6)).isEqualTo(Decisions.OUR_FAULT_DELAY_MAX);
        assertThat(Decisions.ourFaultDelay(Long.MAX_VALUE)).isEqualTo(Decisions.OUR_FAULT_DELAY_MAX);
    }

    @Test
    void onlyAttemptsThatDidNotCountLengthenTheWaitForOurs() {
        var outcome = new Outcome.OurFault(FAULT);
        Route made = Route.start(0, 1, null, List.of("a")).ranked();
        for (int i = 0; i < 4; i++) {
            assertThat(decide(made, THREE, outcome))
                    .isEqualTo(new Decision.Retry(NOW.plus(Duration.ofSeconds(5L << i)), false));
            made = made.ranked().postpone(NOW);
        }
        Route charged = Route.start(0, 1, null, List.of("a")).ranked();
        charged = charged.ranked().retry(NOW, FAULT.asLastFailure());
        assertThat(decide(charged, THREE, outcome))
                .isEqualTo(new Decision.Retry(NOW.plus(Decisions.OUR_FAULT_DELAY), false));
    }

    @Test
    void theWaitForOursIsSpreadLikeOthers() {
        Policy spread = policy(3, new Schedule.Listed(List.of(Duration.ofSeconds(10))), 0.5);
        var outcome = new Outcome.OurFault(FAULT);
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            Decision decision = Decisions.decide(delivery, route(1, "a"), spread, outcome, NOW, random);
            assertThat(((Decision.Retry) decision).at()).isBetween(NOW.plusMillis(5_000), NOW.plusMillis(7_500));
        }
    }

    @Test
    void aRetryThatWouldComeAfterTheEndIsNone() {
        var outcome = new Outcome.Retryable(FAULT, null);
        var until = Models.delivery(Models.request(null, NOW.plusSeconds(10), "a"));
        assertThat(Decisions.decide(until, route(1, "a"), THREE, outcome, NOW, new Random(1)))
                .isEqualTo(new Decision.DeadLetter(Reasons.EXHAUSTED));
        until = Models.delivery(Models.request(null, NOW.plusSeconds(10).plusMillis(1), "a"));
        assertThat(Decisions.decide(until, route(1, "a"), THREE, outcome, NOW, new Random(1)))
                .isEqualTo(retry(10));
    }

    @Test
    void aHintLaterThanTheScheduleHoldsUpToItsCap() {
        assertThat(decide(route(1, "a"), THREE, throttled(Duration.ofSeconds(9))))
                .isEqualTo(retry(10));
        assertThat(decide(route(1, "a"), THREE, throttled(Duration.ofSeconds(11))))
                .isEqualTo(retry(11));
        assertThat(decide(route(1, "a"), THREE, throttled(Duration.ofDays(2)))).isEqualTo(retry(3600));
        assertThat(decide(route(1, "a"), THREE, throttled(Duration.ofSeconds(-5))))
                .isEqualTo(retry(10));
    }

    @Test
    void theSmallerMaximumHolds() {
        assertThat(Decisions.maxAttempts(Models.delivery(Models.request(2, null, "a")), THREE))
                .isEqualTo(2);
        assertThat(Decisions.maxAttempts(Models.delivery(Models.request(4, null, "a")), THREE))
                .isEqualTo(3);
        assertThat(Decisions.maxAttempts(delivery, THREE)).isEqualTo(3);
    }

    @Test
    void delaysStayWithinJitterAndCapAndAttemptsWithinTheMaximum() {
        for (long seed = 0; seed < 1_000; seed++) {
            RandomGenerator random = new Random(seed);
            Duration cap = Duration.ofSeconds(random.nextInt(20, 20_000));
            var schedule = new Schedule.Exponential(Duration.ofSeconds(5), 1 + random.nextDouble() * 4, cap);
            Policy policy = policy(random.nextInt(1, 30), schedule, random.nextDouble());
            Route route = route(1, "a");
            int attempts = 0;
            Decision decision;
            do {
                attempts++;
                decision = decide(route, policy, new Outcome.Retryable(FAULT, null), NOW, random);
                if (decision instanceof Decision.Retry(Instant at, boolean charged)) {
                    Duration bare = schedule.after(route.attempt());
                    Duration delay = Duration.between(NOW, at);
                    assertThat(charged).isTrue();
                    assertThat(bare).as("seed %d", seed).isLessThanOrEqualTo(cap);
                    assertThat(delay).as("seed %d", seed).isBetween(bare, bare.plusMillis((long)
                            (policy.jitter() * (double) bare.toMillis())));
                    route = route.retry(at, FAULT.asLastFailure());
                }
            } while (decision instanceof Decision.Retry);
            assertThat(attempts).as("seed %d", seed).isEqualTo(policy.maxAttempts());
        }
    }

    private static Outcome throttled(Duration hint) {
        return new Outcome.Throttled(FAULT, hint);
    }

    private static Decision retry(int seconds) {
        return new Decision.Retry(NOW.plusSeconds(seconds), true);
    }

    private Decision decide(Route route, Policy policy, Outcome outcome) {
        return decide(route, policy, outcome, NOW);
    }

    private Decision decide(Route route, Policy policy, Outcome outcome, Instant now) {
        return decide(route, policy, outcome, now, null);
    }

    private Decision decide(
            Route route, Policy policy, Outcome outcome, Instant now, @Nullable RandomGenerator random) {
        return Decisions.decide(delivery, route, policy, outcome, now, random == null ? new Random(1) : random);
    }

    private static Route route(int attempt, String... candidates) {
        Route route = Route.start(0, 1, null, List.of(candidates));
        for (int made = 1; made < attempt; made++) {
            route = route.retry(NOW, FAULT.asLastFailure());
        }
        return route;
    }

    private static Policy policy(int maxAttempts, Schedule schedule, double jitter) {
        Policy defaults = Policy.defaults(Kind.WEBHOOK);
        return new Policy(
                maxAttempts,
                schedule,
                jitter,
                defaults.connectTimeout(),
                defaults.firstByteTimeout(),
                defaults.totalTimeout(),
                Set.of(),
                Set.of(),
                defaults.retryAfterCap(),
                defaults.concurrency(),
                null,
                null,
                defaults.breaker(),
                defaults.autoDisable(),
                OnAmbiguous.RETRY,
                defaults.maxAge());
    }
}
