package dev.waybill.topology.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @CsvSource({"1, PT5S", "2, PT15S", "3, PT45S", "7, PT1H0M45S", "8, PT2H", "9, PT2H", "1000000, PT2H"})
    void anExponentialScheduleGrowsToItsCap(int attempt, Duration delay) {
        var schedule = new Schedule.Exponential(Duration.ofSeconds(5), 3, Duration.ofHours(2));
        assertThat(schedule.after(attempt)).isEqualTo(delay);
    }

    @ParameterizedTest
    @CsvSource({"1, PT1S", "2, PT1M", "3, PT1M"})
    void aListedScheduleRepeatsItsLastDelay(int attempt, Duration delay) {
        assertThat(new Schedule.Listed(List.of(SECOND, Duration.ofMinutes(1))).after(attempt))
                .isEqualTo(delay);
    }

    @ParameterizedTest
    @CsvSource({
        "standard-webhooks, 10, PT75H35M5S", // as the specification adds it up: 75 h 35 min 5 s
        "svix, 8, PT27H35M5S",
        "fast, 6, PT48S",
    })
    void aPresetHasItsAttemptsAndItsWindow(String name, int attempts, Duration window) {
        SchedulePreset preset = SchedulePreset.of(name).orElseThrow();
        assertThat(preset.wireName()).isEqualTo(name);
        assertThat(preset.attempts()).isEqualTo(attempts);
        assertThat(IntStream.range(1, attempts)
                        .mapToObj(preset.schedule()::after)
                        .reduce(Duration.ZERO, Duration::plus))
                .isEqualTo(window);
    }

    @Test
    void noOtherNameIsAPreset() {
        assertThat(SchedulePreset.of("Svix")).isEmpty();
    }

    @Test
    void whatCannotBeAScheduleIsRefused() {
        assertThatThrownBy(() -> new Schedule.Exponential(SECOND, 0.9, SECOND)).hasMessageContaining("factor");
        assertThatThrownBy(() -> new Schedule.Exponential(SECOND, 2, Duration.ZERO))
                .hasMessageContaining("cap");
        assertThatThrownBy(() -> new Schedule.Exponential(SECOND.negated(), 2, SECOND))
                .hasMessageContaining("initial");
        assertThatThrownBy(() -> new Schedule.Listed(List.of())).hasMessageContaining("at least one");
        assertThatThrownBy(() -> new Schedule.Listed(List.of(SECOND.negated()))).hasMessageContaining("negative");
    }
}
