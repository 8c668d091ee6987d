package dev.waybill.topology.codec;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.AutoDisable;
import dev.waybill.topology.policy.BreakerPolicy;
import dev.waybill.topology.policy.Concurrency;
import dev.waybill.topology.policy.DeliveryHours;
import dev.waybill.topology.policy.OnAmbiguous;
import dev.waybill.topology.policy.Policy;
import dev.waybill.topology.policy.RateLimit;
import dev.waybill.topology.policy.Schedule;
import dev.waybill.topology.policy.SchedulePreset;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Applies a destination's deviations to the default policy of its kind.
final class PolicyMapping {

    private static final Duration DEFAULT_RATE_PERIOD = Duration.ofSeconds(1);

    private static final Set<DayOfWeek> EVERY_DAY = EnumSet.allOf(DayOfWeek.class);

    /// `MONDAY` is `mon`.
    private static final int DAY_LETTERS = 3;

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
                concurrency(given, defaults.concurrency()),
                given.getRatePermits() == null ? defaults.rateLimit() : rateLimit(given, given.getRatePermits()),
                given.getHoursFrom() == null ? defaults.hours() : hours(given, given.getHoursFrom()),
                breaker(given, defaults.breaker()),
                autoDisable(given, defaults.autoDisable()),
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

    private static Concurrency concurrency(DeliveryPolicy given, Concurrency defaults) {
        int cap = orElse(given.getConcurrency(), defaults.cap());
        return new Concurrency(cap, orElse(given.getMinConcurrency(), cap));
    }

    private static DeliveryHours hours(DeliveryPolicy given, String from) {
        if (given.getHoursTo() == null || given.getHoursZone() == null) {
            throw new IllegalArgumentException("hoursFrom needs hoursTo and hoursZone");
        }
        try {
            return new DeliveryHours(
                    given.getHoursDays() == null ? EVERY_DAY : days(given.getHoursDays()),
                    LocalTime.parse(from),
                    LocalTime.parse(given.getHoursTo()),
                    ZoneId.of(given.getHoursZone()));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("hours: " + e.getMessage(), e);
        }
    }

    private static Set<DayOfWeek> days(List<String> names) {
        return names.stream().map(PolicyMapping::day).collect(Collectors.toUnmodifiableSet());
    }

    private static DayOfWeek day(String name) {
        return EVERY_DAY.stream()
                .filter(day -> day.name().substring(0, DAY_LETTERS).equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("hoursDays are mon to sun, not " + name));
    }

    private static BreakerPolicy breaker(DeliveryPolicy given, BreakerPolicy defaults) {
        Duration openTime = millis(given.getBreakerOpenMs(), defaults.openTime());
        Duration openMax = millis(
                given.getBreakerOpenMaxMs(),
                openTime.compareTo(defaults.openMax()) > 0 ? openTime : defaults.openMax());
        return new BreakerPolicy(
                orElse(given.getBreakerEnabled(), defaults.enabled()),
                orElse(given.getBreakerFailureRatio(), defaults.failureRatio()),
                orElse(given.getBreakerMinVolume(), defaults.minVolume()),
                millis(given.getBreakerWindowMs(), defaults.window()),
                // A longest time below the default means that every time is the longest.
                given.getBreakerOpenMs() == null && openTime.compareTo(openMax) > 0 ? openMax : openTime,
                openMax,
                orElse(given.getBreakerProbes(), defaults.probes()));
    }

    private static AutoDisable autoDisable(DeliveryPolicy given, AutoDisable defaults) {
        return new AutoDisable(
                orElse(given.getDisableOnGone(), defaults.onGone()),
                orElse(given.getDisableAfterFailures(), defaults.afterFailures()),
                millis(given.getDisableAfterMs(), defaults.after()));
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
