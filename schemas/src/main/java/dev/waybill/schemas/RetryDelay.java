package dev.waybill.schemas;

import java.time.Duration;
import java.util.List;

/// The fixed delay of one retry topic and the name it gives the topic, for example `30s`.
public record RetryDelay(String label, Duration delay) {

    /// The delays used where none are configured.
    public static final List<RetryDelay> DEFAULTS =
            List.of(parse("1s"), parse("5s"), parse("30s"), parse("2m"), parse("10m"), parse("1h"));

    public RetryDelay {
        if (delay.isNegative() || delay.isZero()) {
            throw new IllegalArgumentException("a retry delay must be positive: " + label);
        }
    }

    /// Reads a whole number followed by `ms`, `s`, `m` or `h`.
    ///
    /// @throws IllegalArgumentException if the label is anything else
    public static RetryDelay parse(String label) {
        int digits = 0;
        while (digits < label.length() && Character.isDigit(label.charAt(digits))) {
            digits++;
        }
        if (digits == 0 || digits > 9) {
            throw malformed(label);
        }
        long number = Long.parseLong(label.substring(0, digits));
        Duration delay = switch (label.substring(digits)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> throw malformed(label);
        };
        return new RetryDelay(label, delay);
    }

    private static IllegalArgumentException malformed(String label) {
        return new IllegalArgumentException(
                "a retry delay is a whole number followed by ms, s, m or h, for example 30s: " + label);
    }

    @Override
    public String toString() {
        return label;
    }
}
