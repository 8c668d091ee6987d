package dev.waybill.worker.sink.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// Headers that say how long to wait.
public final class RetryAfter {

    /// 31 years; more digits are no honest hint.
    private static final int DIGITS_MAX = 9;

    /// Until the year 2286.
    private static final int EPOCH_DIGITS_MAX = 10;

    private RetryAfter() {}

    /// `Retry-After`, in seconds or as a date: how long to wait from now, never negative; null if there is no hint or
    /// it is malformed.
    public static @Nullable Duration parse(@Nullable String header, Instant now) {
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

    /// `X-RateLimit-Reset`, in seconds of Unix time: how long to wait from now, never negative; null if there is no
    /// hint or
    /// it is malformed.
    public static @Nullable Duration reset(@Nullable String header, Instant now) {
        if (header == null || !header.strip().matches("[0-9]{1," + EPOCH_DIGITS_MAX + "}")) {
            return null;
        }
        Instant at = Instant.ofEpochSecond(Long.parseLong(header.strip()));
        return at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
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
