package dev.waybill.worker.telemetry;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The time of a line, as ISO 8601 with milliseconds and the offset of the system's zone. Logback's own formats every
/// millisecond anew, which was a tenth of what an attempt costs; this one does so every second.
public final class LocalTimestamp extends ClassicConverter {

    static final String WORD = "timestamp";

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("XXX", Locale.ROOT);
    private static final int NANOS_PER_MILLI = 1_000_000;

    /// What stands before and behind the milliseconds of one second.
    private record Second(long epoch, String before, String behind) {

        static Second of(Instant time) {
            ZonedDateTime local = time.atZone(ZoneId.systemDefault());
            return new Second(time.getEpochSecond(), SECONDS.format(local) + ".", OFFSET.format(local));
        }
    }

    private volatile @Nullable Second last;

    @Override
    public String convert(ILoggingEvent event) {
        Instant time = event.getInstant();
        Second second = last;
        if (second == null || second.epoch() != time.getEpochSecond()) {
            second = Second.of(time);
            last = second;
        }
        int millis = time.getNano() / NANOS_PER_MILLI;
        String zeros = millis < 10 ? "00" : millis < 100 ? "0" : "";
        return second.before() + zeros + millis + second.behind();
    }
}
