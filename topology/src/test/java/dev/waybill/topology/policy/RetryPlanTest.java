package dev.waybill.topology.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.RetryDelay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPlanTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final RetryPlan plan = new RetryPlan(RetryDelay.DEFAULTS);

    @ParameterizedTest
    @CsvSource({
        "PT-1S, ''",
        "PT0S, ''",
        "PT0.999S, ''",
        "PT1S, 1s",
        "PT4.999S, 1s",
        "PT5S, 5s",
        "PT29.999S, 5s",
        "PT30S, 30s",
        "PT119.999S, 30s",
        "PT2M, 2m",
        "PT10M, 10m",
        "PT59M59S, 10m",
        "PT1H, 1h",
        "P30D, 1h"
    })
    void theLongestDelayThatFitsIsNext(Duration remaining, String label) {
        Optional<String> next = plan.next(remaining).map(RetryDelay::label);
        assertThat(next.orElse("")).isEqualTo(label);
    }

    @Test
    void theOrderOfTheDelaysDoesNotMatter() {
        var shuffled = new RetryPlan(List.of(RetryDelay.parse("30s"), RetryDelay.parse("1s"), RetryDelay.parse("5s")));
        assertThat(shuffled.shortest().label()).isEqualTo("1s");
        assertThat(shuffled.next(Duration.ofSeconds(40)).map(RetryDelay::label)).contains("30s");
        assertThatThrownBy(() -> new RetryPlan(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDueTimeIsNeverEarlyAndNeverMoreThanATwentiethLate() {
        eachDelay((seed, delay) -> {
            Duration rounded = Duration.between(NOW, plan.roundUp(NOW, NOW.plus(delay)));
            assertThat(rounded).as(seed).isGreaterThanOrEqualTo(delay);
            assertThat((double) rounded.minus(delay).toNanos())
                    .as(seed)
                    .isLessThanOrEqualTo(RetryPlan.ROUND_UP_MAX * (double) delay.toNanos());
        });
    }

    /// Simulates the turns: each takes its delay and then some; what is left below the shortest delay is waited out in
    /// the lane. No sum of these delays comes within a twentieth of every wait: some take more than four turns.
    @Test
    void aWaitUsuallyTakesFourTurnsOrFewer() {
        RandomGenerator lag = new Random(7);
        List<Integer> turns = new ArrayList<>();
        eachDelay((seed, delay) -> {
            turns.add(turns(plan.roundUp(NOW, NOW.plus(delay)), lag));
            assertThat(turns.getLast()).as(seed).isLessThanOrEqualTo(16);
        });
        double share = (double) turns.stream().filter(n -> n <= 4).count() / turns.size();
        assertThat(share).isGreaterThan(0.65);
        assertThat(turns.stream().mapToInt(Integer::intValue).average().orElseThrow())
                .isLessThan(4);
    }

    private int turns(Instant due, RandomGenerator lag) {
        Instant now = NOW;
        int turns = 0;
        for (Optional<RetryDelay> next = plan.next(Duration.between(now, due));
                next.isPresent();
                next = plan.next(Duration.between(now, due))) {
            now = now.plus(next.get().delay()).plusMillis(lag.nextInt(50, 250));
            turns++;
        }
        return turns;
    }

    private interface Check {
        void on(String seed, Duration delay);
    }

    /// Delays as schedules give them: whole seconds growing by factors, with jitter added, and any others.
    private static void eachDelay(Check check) {
        for (long seed = 0; seed < 2_000; seed++) {
            RandomGenerator random = new Random(seed);
            long base = (long) Math.min(7_200_000, 5_000 * Math.pow(3, random.nextInt(8)));
            long jittered = base + (long) (random.nextDouble() * 0.1 * (double) base);
            check.on("seed " + seed + " schedule", Duration.ofMillis(jittered));
            long any = Math.round(Math.pow(10, random.nextDouble() * 7.5));
            check.on("seed " + seed + " any", Duration.ofMillis(any));
        }
    }
}
