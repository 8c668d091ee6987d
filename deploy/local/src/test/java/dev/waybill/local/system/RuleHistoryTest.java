package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The check of [RuleChangesTest] notices what it is there for. Version 6 is written at second 0, version 7 at 10.
class RuleHistoryTest {

    private static final String ACME = "acme";
    private final RuleHistory history = new RuleHistory(Duration.ofSeconds(2));

    @BeforeEach
    void write() {
        history.written(ACME, 6, at(0));
        history.written(ACME, 7, at(10));
        history.acknowledged(ACME, 7, at(11));
    }

    @Test
    void a_version_that_was_current_at_arrival_or_since_is_right() {
        assertThat(history.flaw(ACME, 6, at(5), at(6), true)).isEmpty();
        assertThat(history.flaw(ACME, 7, at(5), at(10), true)).isEmpty();
        assertThat(history.flaw(ACME, 7, at(12), at(13), true)).isEmpty();
    }

    @Test
    void a_version_of_the_future_is_wrong() {
        assertThat(history.flaw(ACME, 7, at(5), at(9), false)).isPresent();
        assertThat(history.flaw(ACME, 8, at(12), at(13), false)).isPresent();
    }

    @Test
    void a_version_that_is_over_is_right_for_the_lag_and_wrong_afterwards() {
        assertThat(history.flaw(ACME, 6, at(12), at(13), false)).isEmpty();
        assertThat(history.behind(ACME, 6, at(12))).isEqualTo(Duration.ofSeconds(2));
        assertThat(history.flaw(ACME, 6, at(12).plusMillis(1), at(13), false)).isPresent();
    }

    @Test
    void who_acknowledged_a_change_may_not_lag() {
        assertThat(history.flaw(ACME, 6, at(11), at(13), true)).isEmpty();
        assertThat(history.flaw(ACME, 6, at(11).plusMillis(1), at(13), true)).isPresent();
    }

    private static Instant at(int second) {
        return Instant.ofEpochSecond(1_000 + second);
    }
}
