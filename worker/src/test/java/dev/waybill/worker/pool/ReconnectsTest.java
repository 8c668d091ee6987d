package dev.waybill.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReconnectsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Reconnects reconnects = new Reconnects();
    private long now = 1_000;

    private void fail() {
        reconnects.failed(PATIENCE, now, now);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void a_blip_turns_nobody_away() {
        for (int i = 0; i < Reconnects.TOLERATED; i++) {
            fail();
            assertThat(reconnects.allows(PATIENCE, now)).isTrue();
            pass(Duration.ofNanos(1));
        }
        fail();
        assertThat(reconnects.allows(PATIENCE, now)).isFalse();
    }

    @Test
    void failures_side_by_side_are_one() {
        long began = now;
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofMillis(1));
            reconnects.failed(PATIENCE, began, now);
        }

        assertThat(reconnects.failures()).isEqualTo(1);
    }

    @Test
    void waits_double_up_to_the_longest() {
        Duration last = Duration.ZERO;
        for (int i = 0; i < 12; i++) {
            fail();
            long failed = now;
            while (!reconnects.allows(PATIENCE, now)) {
                pass(Duration.ofMillis(10));
            }
            Duration waited = Duration.ofNanos(now - failed);
            assertThat(waited).isBetween(last, Reconnects.LONGEST);
            last = waited;
            pass(Duration.ofMillis(1));
        }
        assertThat(last).isEqualTo(Reconnects.LONGEST);
    }

    @Test
    void one_is_let_through_when_the_time_is_over_and_its_success_opens_for_all() {
        for (int i = 0; i <= Reconnects.TOLERATED; i++) {
            fail();
            pass(Duration.ofNanos(1));
        }
        pass(Duration.ofMillis(100));

        assertThat(reconnects.allows(PATIENCE, now)).isTrue();
        assertThat(reconnects.allows(PATIENCE, now)).isFalse();

        reconnects.connected();
        assertThat(reconnects.allows(PATIENCE, now)).isTrue();
    }

    @Test
    void a_probe_that_never_reports_does_not_shut_the_peer_for_ever() {
        for (int i = 0; i <= Reconnects.TOLERATED; i++) {
            fail();
            pass(Duration.ofNanos(1));
        }
        pass(Duration.ofMillis(100));
        assertThat(reconnects.allows(PATIENCE, now)).isTrue();
        pass(PATIENCE);

        assertThat(reconnects.allows(PATIENCE, now)).isTrue();
    }

    @Test
    void more_patience_than_those_who_failed_had_is_let_through() {
        for (int i = 0; i <= Reconnects.TOLERATED; i++) {
            fail();
            pass(Duration.ofNanos(1));
        }

        assertThat(reconnects.allows(PATIENCE, now)).isFalse();
        assertThat(reconnects.allows(PATIENCE.plusMillis(1), now)).isTrue();
    }
}
