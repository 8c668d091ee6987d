package dev.waybill.worker.sink.webhook;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// The `Retry-After` header: seconds, or a date.
final class RetryAfter {

    /// 31 years; more digits are no honest hint.
    private static final int DIGITS_MAX = 9;

    private RetryAfter() {}

    /// How long to wait from now, never negative; null if there is no hint or it is malformed.
    static @Nullable Duration parse(@Nullable String header, Instant now) {
        if (header == null) {
            return null;
        }
        String text = header.strip();
        if (isNumber(text)) {
            return Duration.ofSeconds(Integer.parseInt(text));
        }
        try {
            Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > DIGITS_MAX) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
