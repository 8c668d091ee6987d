package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryQueueTest {

    private static final long DELAY = 30_000;
    private static final long HOUR = 3_600_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final RetryQueue queue = new RetryQueue(Duration.ofMillis(DELAY));

    @Test
    void aRecordIsDueItsDelayAfterItWasWritten() {
        assertThat(queue.waitFor(0, 1_000, NEVER, 1_000, 50)).isEqualTo(OptionalLong.of(DELAY));
        assertThat(queue.waitFor(0, 1_000, NEVER, 1_000 + DELAY - 1, 50 + DELAY - 1))
                .isEqualTo(OptionalLong.of(1));
        assertThat(queue.waitFor(0, 1_000, NEVER, 1_000 + DELAY, 50 + DELAY)).isEmpty();
    }

    @Test
    void anOldRecordIsDueAtOnce() {
        assertThat(queue.waitFor(0, 0, NEVER, DELAY, 50)).isEmpty();
    }

    @Test
    void aClockSetBackHoldsTheHeadNoLongerThanItsDelay() {
        queue.waitFor(0, 1_000, NEVER, 1_000, 0);
        assertThat(queue.waitFor(0, 1_000, NEVER, 1_000 - HOUR, DELAY - 1)).isEqualTo(OptionalLong.of(1));
        assertThat(queue.waitFor(0, 1_000, NEVER, 1_000 - HOUR, DELAY)).isEmpty();
    }

    @Test
    void behindAHeadThatWasHeldTheOthersFollowAtTheDistanceOfTheirTimestamps() {
        queue.waitFor(0, 1_000, NEVER, 1_000 - HOUR, 0);
        assertThat(queue.waitFor(0, 1_000, NEVER, 1_000 - HOUR, DELAY)).isEmpty();
        assertThat(queue.waitFor(1, 1_400, NEVER, 1_000 - HOUR, DELAY)).isEqualTo(OptionalLong.of(400));
        assertThat(queue.waitFor(1, 1_400, NEVER, 1_000 - HOUR, DELAY + 400)).isEmpty();
    }

    @Test
    void aRecordFromTheFutureWaitsNoLongerThanTheDelay() {
        assertThat(queue.waitFor(0, HOUR, NEVER, 0, 0)).isEqualTo(OptionalLong.of(DELAY));
        assertThat(queue.waitFor(0, HOUR, NEVER, DELAY, DELAY)).isEmpty();
    }

    /// It was put here while the clock of whoever did so was an hour slow.
    @Test
    void aTaskThatIsDueDoesNotWaitForTheDelay() {
        assertThat(queue.waitFor(0, 1_000, 1_000 + 500, 1_000, 0)).isEqualTo(OptionalLong.of(500));
        assertThat(queue.waitFor(0, 1_000, 1_000 + 500, 1_500, 500)).isEmpty();
    }

    /// Whatever the wall clock does, a head never waits longer than its delay, and while the clock is not stepped none
    /// goes early.
    @Test
    void noHeadWaitsLongerThanItsDelay() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            boolean stepped = random.nextBoolean();
            RetryQueue one = new RetryQueue(Duration.ofMillis(DELAY));
            long monotonic = random.nextInt(1_000);
            long wall = 10 * HOUR;
            long written = wall;
            for (int offset = 0; offset < 40; offset++) {
                written = Math.min(written + random.nextInt(2_000), Math.max(written, wall));
                long since = monotonic;
                for (OptionalLong left = one.waitFor(offset, written, NEVER, wall, monotonic);
                        left.isPresent();
                        left = one.waitFor(offset, written, NEVER, wall, monotonic)) {
                    long step = random.nextLong(1, left.getAsLong() + 1);
                    monotonic += step;
                    wall += step + (stepped && random.nextInt(5) == 0 ? random.nextLong(-HOUR, HOUR) : 0);
                }
                assertThat(monotonic - since).as("seed %d", seed).isLessThanOrEqualTo(DELAY);
                if (!stepped) {
                    assertThat(wall - written).as("seed %d", seed).isGreaterThanOrEqualTo(DELAY);
                }
            }
        }
    }
}
