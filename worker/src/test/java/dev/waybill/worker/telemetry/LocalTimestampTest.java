package dev.waybill.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LocalTimestampTest {

    private static final DateTimeFormatter WHOLE = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    private final LocalTimestamp timestamp = new LocalTimestamp();

    @Test
    void is_the_event_s_own_time_whatever_came_before() {
        RandomGenerator random = RandomGenerator.getDefault();
        Instant time = Instant.parse("2026-10-25T00:59:58.999Z");
        for (int i = 0; i < 20_000; i++) {
            assertThat(of(time)).isEqualTo(WHOLE.format(time));
            // Mostly on within the second, sometimes over its end, sometimes back.
            time = time.plusMillis(random.nextInt(-50, 1_100));
        }
        assertThat(of(Instant.parse("2026-01-01T12:00:00.007Z"))).contains(":00.007");
    }

    private String of(Instant time) {
        LoggingEvent event = new LoggingEvent();
        event.setInstant(time);
        return timestamp.convert(event);
    }
}
