package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.Policy;
import dev.waybill.topology.policy.SchedulePreset;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// Reads a destination's policy and checks the range of each field.
final class PolicyJson {

    static final Set<String> FIELDS = DeliveryPolicy.getClassSchema().getFields().stream()
            .map(Schema.Field::name)
            .collect(Collectors.toUnmodifiableSet());

    private static final List<String> PRESETS =
            Arrays.stream(SchedulePreset.values()).map(SchedulePreset::wireName).toList();

    private static final int ATTEMPTS_MAX = 1_000;
    private static final long DELAY_MAX = Duration.ofDays(4).toMillis();

    /// An attempt holds a slot for so long at most.
    private static final long TIMEOUT_MAX = Duration.ofMinutes(10).toMillis();

    private static final long AGE_MAX = Duration.ofDays(30).toMillis();
    private static final int DELAYS_LISTED_MAX = 100;
    private static final int CODES_MAX = 100;
    private static final int CODE_MIN = 100;
    private static final int CODE_MAX = 999;
    private static final int CONCURRENCY_MAX = 10_000;
    private static final int PERMITS_MAX = 1_000_000;
    private static final double FACTOR_MAX = 100;

    private static final Set<String> DAYS = Set.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final int VOLUME_MAX = 1_000_000;
    private static final double RATIO_MIN = 0.01;

    /// A window is counted in tenths.
    private static final long WINDOW_MIN = 1_000;

    /// Every kind has the same.
    private static final int CONCURRENCY_DEFAULT =
            Policy.defaults(Kind.WEBHOOK).concurrency().cap();

    /// A test makes a connection of its own, and more often than each second it would be traffic.
    private static final long TEST_INTERVAL_MIN = 1_000;

    private PolicyJson() {}

    static @Nullable DeliveryPolicy read(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        DeliveryPolicy policy = new DeliveryPolicy();
        policy.setMaxAttempts(fields.integer("maxAttempts", 1, ATTEMPTS_MAX));
        policy.setInitialDelayMs(fields.whole("initialDelayMs", 0, DELAY_MAX));
        policy.setDelayFactor(fields.number("delayFactor", 1, FACTOR_MAX));
        policy.setMaxDelayMs(fields.whole("maxDelayMs", 0, DELAY_MAX));
        policy.setDelaysMs(fields.wholes("delaysMs", 0, DELAY_MAX, DELAYS_LISTED_MAX));
        policy.setJitter(fields.number("jitter", 0, 1));
        policy.setConnectTimeoutMs(fields.whole("connectTimeoutMs", 1, TIMEOUT_MAX));
        policy.setFirstByteTimeoutMs(fields.whole("firstByteTimeoutMs", 1, TIMEOUT_MAX));
        policy.setTotalTimeoutMs(fields.whole("totalTimeoutMs", 1, TIMEOUT_MAX));
        policy.setRetryableCodes(codes(fields, "retryableCodes"));
        policy.setPermanentCodes(codes(fields, "permanentCodes"));
        policy.setRetryAfterCapMs(fields.whole("retryAfterCapMs", 0, DELAY_MAX));
        policy.setConcurrency(fields.integer("concurrency", 1, CONCURRENCY_MAX));
        policy.setRatePermits(fields.integer("ratePermits", 1, PERMITS_MAX));
        policy.setRatePeriodMs(fields.whole("ratePeriodMs", 1, DELAY_MAX));
        policy.setRateBurst(fields.integer("rateBurst", 1, PERMITS_MAX));
        policy.setSchedule(schedule(fields));
        policy.setOnAmbiguous(onAmbiguous(fields));
        policy.setMaxAgeMs(fields.whole("maxAgeMs", 1, AGE_MAX));
        policy.setMinConcurrency(fields.integer("minConcurrency", 1, CONCURRENCY_MAX));
        policy.setHoursDays(days(fields));
        policy.setHoursFrom(localTime(fields, "hoursFrom"));
        policy.setHoursTo(localTime(fields, "hoursTo"));
        policy.setHoursZone(zone(fields));
        policy.setBreakerEnabled(fields.has("breakerEnabled") ? fields.flag("breakerEnabled", true) : null);
        policy.setBreakerFailureRatio(fields.number("breakerFailureRatio", RATIO_MIN, 1));
        policy.setBreakerMinVolume(fields.integer("breakerMinVolume", 1, VOLUME_MAX));
        policy.setBreakerWindowMs(fields.whole("breakerWindowMs", WINDOW_MIN, DELAY_MAX));
        policy.setBreakerOpenMs(fields.whole("breakerOpenMs", 1, DELAY_MAX));
        policy.setBreakerOpenMaxMs(fields.whole("breakerOpenMaxMs", 1, DELAY_MAX));
        policy.setBreakerProbes(fields.integer("breakerProbes", 1, CONCURRENCY_MAX));
        policy.setDisableOnGone(fields.has("disableOnGone") ? fields.flag("disableOnGone", true) : null);
        policy.setDisableAfterFailures(fields.integer("disableAfterFailures", 0, VOLUME_MAX));
        policy.setDisableAfterMs(fields.whole("disableAfterMs", 0, AGE_MAX));
        policy.setTestIntervalMs(fields.whole("testIntervalMs", TEST_INTERVAL_MIN, DELAY_MAX));
        combinations(policy, fields);
        return policy;
    }

    private static @Nullable String onAmbiguous(Fields fields) {
        String text = fields.text("onAmbiguous", 10);
        if (text != null && !Set.of("retry", "stop").contains(text)) {
            fields.fault("onAmbiguous", "expected retry or stop");
        }
        return text;
    }

    private static @Nullable List<String> days(Fields fields) {
        List<String> days = fields.texts("hoursDays", DAYS.size());
        if (!DAYS.containsAll(days)) {
            fields.fault("hoursDays", "expected days, mon to sun");
        }
        return days.isEmpty() ? null : days;
    }

    private static @Nullable String localTime(Fields fields, String name) {
        String text = fields.text(name, 40);
        try {
            return text == null ? null : LocalTime.parse(text).toString();
        } catch (DateTimeException _) {
            fields.fault(name, "expected a local time such as 08:30");
            return null;
        }
    }

    private static @Nullable String zone(Fields fields) {
        String text = fields.text("hoursZone", 60);
        try {
            return text == null ? null : ZoneId.of(text).getId();
        } catch (DateTimeException _) {
            fields.fault("hoursZone", "expected a time zone such as Europe/Zurich");
            return null;
        }
    }

    private static @Nullable String schedule(Fields fields) {
        String name = fields.text("schedule", 40);
        if (name != null && SchedulePreset.of(name).isEmpty()) {
            fields.fault("schedule", "expected one of " + PRESETS);
            return null;
        }
        return name;
    }

    private static @Nullable List<Integer> codes(Fields fields, String name) {
        List<Long> codes = fields.wholes(name, CODE_MIN, CODE_MAX, CODES_MAX);
        return codes == null ? null : codes.stream().map(Long::intValue).toList();
    }

    private static void combinations(DeliveryPolicy policy, Fields fields) {
        Long initial = policy.getInitialDelayMs();
        Long cap = policy.getMaxDelayMs();
        if (initial != null && cap != null && cap < initial) {
            fields.fault("maxDelayMs", "must not be less than initialDelayMs");
        }
        boolean exponential = initial != null || cap != null || policy.getDelayFactor() != null;
        if (policy.getDelaysMs() != null && exponential) {
            fields.fault("delaysMs", "either a list of delays, or initialDelayMs, delayFactor and maxDelayMs");
        }
        if (policy.getSchedule() != null && (policy.getDelaysMs() != null || exponential)) {
            fields.fault("schedule", "either the name of a schedule, or delays");
        }
        int most = Objects.requireNonNullElse(policy.getConcurrency(), CONCURRENCY_DEFAULT);
        if (policy.getMinConcurrency() != null && policy.getMinConcurrency() > most) {
            fields.fault("minConcurrency", "must not be more than concurrency, which is " + most);
        }
        boolean noHours = policy.getHoursFrom() == null && policy.getHoursTo() == null && policy.getHoursZone() == null;
        boolean hours = policy.getHoursFrom() != null && policy.getHoursTo() != null && policy.getHoursZone() != null;
        if (!hours && (!noHours || policy.getHoursDays() != null)) {
            fields.fault("hoursFrom", "delivery hours need hoursFrom, hoursTo and hoursZone");
        }
        Long open = policy.getBreakerOpenMs();
        Long openMax = policy.getBreakerOpenMaxMs();
        if (open != null && openMax != null && openMax < open) {
            fields.fault("breakerOpenMaxMs", "must not be less than breakerOpenMs");
        }
        if (policy.getRatePeriodMs() != null && policy.getRatePermits() == null) {
            fields.fault("ratePeriodMs", "has a meaning only with ratePermits");
        }
        if (policy.getRateBurst() != null && policy.getRatePermits() == null) {
            fields.fault("rateBurst", "has a meaning only with ratePermits");
        }
    }
}
