package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.topology.policy.SchedulePreset;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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
        if (policy.getRatePeriodMs() != null && policy.getRatePermits() == null) {
            fields.fault("ratePeriodMs", "has a meaning only with ratePermits");
        }
        if (policy.getRateBurst() != null && policy.getRatePermits() == null) {
            fields.fault("rateBurst", "has a meaning only with ratePermits");
        }
    }
}
