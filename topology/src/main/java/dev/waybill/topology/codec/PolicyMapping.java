package dev.waybill.topology.codec;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.OnAmbiguous;
import dev.waybill.topology.policy.Policy;
import dev.waybill.topology.policy.RateLimit;
import dev.waybill.topology.policy.Schedule;
import dev.waybill.topology.policy.SchedulePreset;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Applies a destination's deviations to the default policy of its kind.
final class PolicyMapping {

    private static final Duration DEFAULT_RATE_PERIOD = Duration.ofSeconds(1);

    private PolicyMapping() {}

    /// The policy that holds for a destination of the kind.
    ///
    /// @throws IllegalArgumentException if a value is out of its range; the message names it
    static Policy toModel(@Nullable DeliveryPolicy given, Kind kind) {
        Policy defaults = Policy.defaults(kind);
        if (given == null) {
            return defaults;
        }
        SchedulePreset preset = given.getSchedule() == null ? null : preset(given.getSchedule());
        return new Policy(
                orElse(given.getMaxAttempts(), preset == null ? defaults.maxAttempts() : preset.attempts()),
                preset == null ? schedule(given, defaults.schedule()) : preset.schedule(),
                orElse(given.getJitter(), defaults.jitter()),
                millis(given.getConnectTimeoutMs(), defaults.connectTimeout()),
                millis(given.getFirstByteTimeoutMs(), defaults.firstByteTimeout()),
                millis(given.getTotalTimeoutMs(), defaults.totalTimeout()),
                codes(given.getRetryableCodes()),
                codes(given.getPermanentCodes()),
                millis(given.getRetryAfterCapMs(), defaults.retryAfterCap()),
                orElse(given.getConcurrency(), defaults.concurrency()),
                given.getRatePermits() == null ? defaults.rateLimit() : rateLimit(given, given.getRatePermits()),
                given.getOnAmbiguous() == null ? defaults.onAmbiguous() : onAmbiguous(given.getOnAmbiguous()),
                millis(given.getMaxAgeMs(), defaults.maxAge()));
    }

    private static Schedule schedule(DeliveryPolicy given, Schedule defaults) {
        if (given.getDelaysMs() != null) {
            return new Schedule.Listed(
                    given.getDelaysMs().stream().map(Duration::ofMillis).toList());
        }
        if (given.getInitialDelayMs() == null && given.getDelayFactor() == null && given.getMaxDelayMs() == null) {
            return defaults;
        }
        return switch (defaults) {
            case Schedule.Exponential(Duration initial, double factor, Duration cap) -> {
                Duration first = millis(given.getInitialDelayMs(), initial);
                Duration limit = millis(given.getMaxDelayMs(), cap.compareTo(first) < 0 ? first : cap);
                // A cap below the default first delay means that every delay is the cap.
                Duration start = given.getInitialDelayMs() == null && first.compareTo(limit) > 0 ? limit : first;
                yield new Schedule.Exponential(start, orElse(given.getDelayFactor(), factor), limit);
            }
            case Schedule.Listed listed -> listed;
        };
    }

    private static SchedulePreset preset(String name) {
        return SchedulePreset.of(name)
                .orElseThrow(() -> new IllegalArgumentException("no schedule is known by the name " + name));
    }

    private static RateLimit rateLimit(DeliveryPolicy given, int permits) {
        return new RateLimit(
                permits, millis(given.getRatePeriodMs(), DEFAULT_RATE_PERIOD), orElse(given.getRateBurst(), permits));
    }

    private static OnAmbiguous onAmbiguous(String text) {
        for (OnAmbiguous value : OnAmbiguous.values()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException("onAmbiguous is retry or stop, not " + text);
    }

    private static Set<Integer> codes(@Nullable List<Integer> given) {
        return given == null ? Set.of() : Set.copyOf(given);
    }

    private static Duration millis(@Nullable Long given, Duration otherwise) {
        return given == null ? otherwise : Duration.ofMillis(given);
    }

    private static <T> T orElse(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
