package dev.waybill.topology.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryHoursTest {

    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");
    private static final Set<DayOfWeek> WORKDAYS = EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);

    private static Instant at(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static DeliveryHours hours(Set<DayOfWeek> days, String from, String to) {
        return new DeliveryHours(days, LocalTime.parse(from), LocalTime.parse(to), ZURICH);
    }

    @ParameterizedTest
    @CsvSource({
        // Friday, 2026-11-20
        "08:00, 18:00, 2026-11-20T07:59:59.999+01:00, 2026-11-20T08:00:00+01:00",
        "08:00, 18:00, 2026-11-20T08:00:00+01:00, 2026-11-20T08:00:00+01:00",
        "08:00, 18:00, 2026-11-20T17:59:59.999+01:00, 2026-11-20T17:59:59.999+01:00",
        "08:00, 18:00, 2026-11-20T18:00:00+01:00, 2026-11-23T08:00:00+01:00",
        "08:00, 18:00, 2026-11-22T12:00:00+01:00, 2026-11-23T08:00:00+01:00",
        // over midnight: Friday's hours end on Saturday morning, and Sunday night has none
        "22:00, 06:00, 2026-11-21T05:59:59+01:00, 2026-11-21T05:59:59+01:00",
        "22:00, 06:00, 2026-11-21T06:00:00+01:00, 2026-11-23T22:00:00+01:00",
        "22:00, 06:00, 2026-11-23T03:00:00+01:00, 2026-11-23T22:00:00+01:00",
        // the same time twice means the whole day
        "00:00, 00:00, 2026-11-20T23:59:00+01:00, 2026-11-20T23:59:00+01:00",
        "00:00, 00:00, 2026-11-21T00:00:00+01:00, 2026-11-23T00:00:00+01:00",
    })
    void theyOpenOnTheirDaysAtTheirLocalTime(String from, String to, String now, String opening) {
        DeliveryHours hours = hours(WORKDAYS, from, to);
        assertThat(hours.nextOpening(at(now))).isEqualTo(at(opening));
        assertThat(hours.isOpen(at(now))).isEqualTo(now.equals(opening));
        assertThat(hours.isOpen(at(opening))).isTrue();
    }

    /// On the last Sunday of March the hour from two to three is left out, on that of October it occurs twice.
    @ParameterizedTest
    @CsvSource({
        "02:30, 04:00, 2026-03-29T00:00:00+01:00, 2026-03-29T03:30:00+02:00",
        "01:00, 02:30, 2026-10-25T00:00:00+02:00, 2026-10-25T01:00:00+02:00",
        "02:30, 03:00, 2026-10-25T00:00:00+02:00, 2026-10-25T02:30:00+02:00",
    })
    void daylightSavingMovesThem(String from, String to, String now, String opening) {
        assertThat(hours(EnumSet.of(DayOfWeek.SUNDAY), from, to).nextOpening(at(now)))
                .isEqualTo(at(opening));
    }

    @Test
    void theNextOpeningIsOpenAndNothingBeforeItIs() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            DayOfWeek day = DayOfWeek.of(random.nextInt(1, 8));
            Set<DayOfWeek> days = EnumSet.of(day, day.plus(random.nextInt(7)));
            DeliveryHours hours = new DeliveryHours(
                    days,
                    LocalTime.of(random.nextInt(24), random.nextInt(60)),
                    LocalTime.of(random.nextInt(24), random.nextInt(60)),
                    ZURICH);
            Instant now = at("2026-01-01T00:00:00Z").plus(Duration.ofMinutes(random.nextInt(365 * 24 * 60)));
            Instant opening = hours.nextOpening(now);
            assertThat(opening).as("seed %d", seed).isBetween(now, now.plus(Duration.ofDays(7)));
            assertThat(hours.isOpen(opening)).as("seed %d", seed).isTrue();
            for (Instant earlier = now; earlier.isBefore(opening); earlier = earlier.plus(Duration.ofMinutes(13))) {
                assertThat(hours.isOpen(earlier)).as("seed %d", seed).isFalse();
            }
        }
    }
}
