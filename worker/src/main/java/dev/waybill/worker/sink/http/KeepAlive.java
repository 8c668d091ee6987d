package dev.waybill.worker.sink.http;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How long a receiver keeps an idle connection, from its `Keep-Alive: timeout=5` header.
final class KeepAlive {

    private static final String TIMEOUT = "timeout=";

    /// A request must not set out while the receiver is closing: this much earlier we stop using the
    /// connection.
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private KeepAlive() {}

    /// The time the connection can be used for; null if the header does not say.
    static @Nullable Duration parse(@Nullable String header) {
        if (header == null) {
            return null;
        }
        int at = header.toLowerCase(Locale.ROOT).indexOf(TIMEOUT);
        if (at < 0) {
            return null;
        }
        int seconds = 0;
        int i = at + TIMEOUT.length();
        while (i < header.length() && Character.isDigit(header.charAt(i)) && seconds < 10_000) {
            seconds = seconds * 10 + (header.charAt(i++) - '0');
        }
        Duration kept = Duration.ofSeconds(seconds).minus(MARGIN);
        return kept.isPositive() ? kept : Duration.ofMillis(1);
    }
}
