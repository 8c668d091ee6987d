package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.Concurrency;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {

    private static final Fault FAULT = new Fault(ErrorCategory.THROTTLED, "http_429", null, 429);

    private static Observed took(double millis) {
        return new Observed(new Outcome.Delivered(), Duration.ofNanos((long) (millis * 1e6)), Instant.EPOCH);
    }

    private static Observed throttled() {
        return new Observed(new Outcome.Throttled(FAULT, null), Duration.ofMillis(1), Instant.EPOCH);
    }

    /// As many attempts as it allows at a time, one round after the other.
    private static void round(ConcurrencyLimit limit, Observed observed) {
        int running = limit.current();
        for (int i = 0; i < running; i++) {
            limit.ended(observed, running);
        }
    }

    @Test
    void aFixedOneNeverMoves() {
        ConcurrencyLimit limit = new ConcurrencyLimit(Concurrency.fixed(7));
        round(limit, throttled());
        round(limit, took(1_000));
        assertThat(limit.current()).isEqualTo(7);
    }

    @Test
    void growsFastAtFirstAndStopsAtItsCap() {
        ConcurrencyLimit limit = new ConcurrencyLimit(new Concurrency(20, 2));
        assertThat(limit.current()).isEqualTo(2);
        round(limit, took(20));
        assertThat(limit.current()).isEqualTo(4);
        round(limit, took(20));
        round(limit, took(20));
        assertThat(limit.current()).isEqualTo(16);
        round(limit, took(20));
        assertThat(limit.current()).isEqualTo(20);
    }

    @Test
    void doesNotGrowWhenNobodyWantsMore() {
        ConcurrencyLimit limit = new ConcurrencyLimit(new Concurrency(20, 4));
        for (int i = 0; i < 100; i++) {
            limit.ended(took(20), 2);
        }
        assertThat(limit.current()).isEqualTo(4);
    }

    @Test
    void halvesOncePerRoundOfThrottlingThenGrowsByOne() {
        ConcurrencyLimit limit = new ConcurrencyLimit(new Concurrency(16, 1));
        for (int i = 0; i < 4; i++) {
            round(limit, took(20));
        }
        assertThat(limit.current()).isEqualTo(16);
        round(limit, throttled());
        assertThat(limit.current()).isEqualTo(8);
        round(limit, took(20));
        assertThat(limit.current()).isEqualTo(9);
        round(limit, took(20));
        assertThat(limit.current()).isEqualTo(10);
    }

    @Test
    void neverFallsBelowItsFloor() {
        ConcurrencyLimit limit = new ConcurrencyLimit(new Concurrency(16, 3));
        for (int i = 0; i < 10; i++) {
            round(limit, throttled());
        }
        assertThat(limit.current()).isEqualTo(3);
    }

    /// A destination that serves ten at a time: more of them only wait for each other.
    @Test
    void findsWhatADestinationTakes() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            int capacity = random.nextInt(4, 40);
            ConcurrencyLimit limit = new ConcurrencyLimit(new Concurrency(400, 1));
            double sum = 0;
            int rounds = 400;
            for (int i = 0; i < rounds; i++) {
                double waits = Math.max(1, (double) limit.current() / capacity);
                round(limit, took(50 * waits * random.nextDouble(0.95, 1.05)));
                sum += i < rounds / 2 ? 0 : limit.current();
            }
            double mean = sum / ((double) rounds / 2);
            assertThat(mean).as("seed %d, capacity %d", seed, capacity).isBetween(capacity * 0.9, capacity * 3.5);
        }
    }
}
