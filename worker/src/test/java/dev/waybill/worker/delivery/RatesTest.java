package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.waybill.topology.policy.RateLimit;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is measured, what is allowed, and what one lane may take.
class RatesTest {

    private static final long SECOND = 1_000_000_000;

    @ParameterizedTest
    @CsvSource({"1", "20", "1000"})
    void meterFindsASteadyRate(int perSecond) {
        RateMeter meter = new RateMeter(0);
        long now = 0;
        for (int i = 0; i < 60 * perSecond; i++) {
            now += SECOND / perSecond;
            meter.mark(now);
        }
        assertThat(meter.perSecond(now)).isCloseTo(perSecond, within(0.06 * perSecond));
    }

    @Test
    void meterForgetsWithinSeconds() {
        RateMeter meter = new RateMeter(0);
        for (int i = 0; i < 1_000; i++) {
            meter.mark(0);
        }
        assertThat(meter.perSecond(30 * SECOND)).isLessThan(meter.perSecond(0) / 15);
    }

    @Test
    void meterIsNotConfusedByAnOlderReading() {
        RateMeter meter = new RateMeter(10 * SECOND);
        meter.mark(10 * SECOND);
        assertThat(meter.perSecond(9 * SECOND)).isEqualTo(meter.perSecond(10 * SECOND));
    }

    @Test
    void bucketGivesABurstThenOneTokenAtATime() {
        TokenBucket bucket = new TokenBucket(new RateLimit(2, Duration.ofSeconds(1)), 0);
        assertThat(bucket.tryTake(0)).isTrue();
        assertThat(bucket.tryTake(0)).isTrue();
        assertThat(bucket.tryTake(0)).isFalse();
        assertThat(bucket.nextAt(0)).isEqualTo(SECOND / 2);
        assertThat(bucket.tryTake(SECOND / 2 - 1)).isFalse();
        assertThat(bucket.tryTake(SECOND / 2)).isTrue();
    }

    /// What was sent before is not known: a restart must not give the whole burst again.
    @ParameterizedTest
    @CsvSource({"10, 86400, 10, 1", "100, 60, 100, 1", "300, 60, 300, 5", "50, 1, 20, 20"})
    void bucketBeginsWithWhatComesInASecond(int permits, int seconds, int burst, int atOnce) {
        TokenBucket bucket = new TokenBucket(new RateLimit(permits, Duration.ofSeconds(seconds), burst), 0);
        int taken = 0;
        while (bucket.tryTake(0)) {
            taken++;
        }
        assertThat(taken).isEqualTo(atOnce);
        assertThat(bucket.isFull(SECOND * seconds * 2 * burst / permits)).isTrue();
    }

    @Test
    void bucketHoldsNoMoreThanItsBurst() {
        TokenBucket bucket = new TokenBucket(new RateLimit(10, Duration.ofSeconds(1), 1), 0);
        assertThat(bucket.tryTake(0)).isTrue();
        assertThat(bucket.tryTake(0)).isFalse();
        assertThat(bucket.tryTake(60 * SECOND)).isTrue();
        assertThat(bucket.tryTake(60 * SECOND)).isFalse();
        assertThat(bucket.nextAt(60 * SECOND)).isEqualTo(60 * SECOND + SECOND / 10);
    }

    @Test
    void bucketNeverGivesMoreThanItsBurstAndItsRate() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            RateLimit limit = new RateLimit(
                    random.nextInt(1, 50), Duration.ofMillis(random.nextInt(1, 5_000)), random.nextInt(1, 100));
            TokenBucket bucket = new TokenBucket(limit, 0);
            long now = 0;
            long taken = 0;
            for (int i = 0; i < 500; i++) {
                now += random.nextLong(limit.period().toNanos() / 10 + 1);
                taken += bucket.tryTake(now - random.nextInt(2)) ? 1 : 0;
                double allowed = limit.burst()
                        + limit.permits() * (double) now / limit.period().toNanos();
                assertThat((double) taken).as("seed %d", seed).isLessThanOrEqualTo(allowed + 1e-6);
            }
        }
    }

    @Test
    void bucketKeepsItsWord() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            RateLimit limit = new RateLimit(random.nextInt(1, 5_000), Duration.ofMillis(random.nextInt(1, 5_000)));
            TokenBucket bucket = new TokenBucket(limit, 0);
            long now = 0;
            for (int i = 0; i < 300; i++) {
                while (bucket.tryTake(now)) {}
                long next = bucket.nextAt(now);
                assertThat(next).as("seed %d", seed).isGreaterThan(now);
                now = next + 1;
                assertThat(bucket.tryTake(now)).as("seed %d", seed).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, true", // what holds nothing always gets in
        "0, 0, false",
        "1, 4, false",
        "1, 5, true",
        "249, 1000, true",
        "250, 1000, false",
    })
    void laneMayHoldAShareOfWhatIsFree(int held, int free, boolean allowed) {
        assertThat(LaneSettings.LANE_SHARE.allows(held, free)).isEqualTo(allowed);
    }

    @Test
    void whatMustBeFreeIsTheInverseOfWhatIsAllowed() {
        for (double share : new double[] {0.1, 0.25, 0.3, 0.5, 1, 9}) {
            Share part = new Share(share);
            for (int held = 0; held < 100; held++) {
                int needed = part.freeNeeded(held);
                assertThat(part.allows(held, needed))
                        .as("%d of %f", held, share)
                        .isTrue();
                assertThat(part.allows(held, needed - 1))
                        .as("%d of %f", held, share)
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "4, 3", "1000, 750"})
    void retriesMayHoldTheirShareOfTheSlots(int slots, int retries) {
        assertThat(LaneSettings.of(slots).retriesMax()).isEqualTo(retries);
    }

    @Test
    void laneSettingsRefuseNonsense() {
        assertThatThrownBy(() -> LaneSettings.of(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Share(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Share(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
