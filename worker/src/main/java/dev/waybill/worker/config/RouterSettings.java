package dev.waybill.worker.config;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// Settings of the router.
///
/// @param deduplication      how long a request is remembered
/// @param resolutionGrace    how long an unknown destination or organization may take to appear
/// @param inlinePayloadMax   bytes of payload that a request may carry
public record RouterSettings(
        int threads,
        int standbyReplicas,
        Duration commitInterval,
        Duration deduplication,
        Duration resolutionGrace,
        int inlinePayloadMax) {

    public static final String THREADS = "router.threads";
    public static final String STANDBY_REPLICAS = "router.standby.replicas";
    public static final String COMMIT_INTERVAL = "router.commit.interval.ms";
    public static final String DEDUPLICATION = "deduplication.ms";
    public static final String RESOLUTION_GRACE = "resolution.grace.ms";
    public static final String INLINE_PAYLOAD_MAX = "inline.payload.max.bytes";

    /// Tasks carry the payload beside settings and trail, in records of at most 2 MiB.
    private static final int INLINE_PAYLOAD_LIMIT = 1024 * 1024;

    private static final String GROUP = "Router";

    static void define(ConfigDef def) {
        new Section(def, GROUP)
                .setting(
                        THREADS,
                        ConfigDef.Type.INT,
                        1,
                        Validators.between(1, 256),
                        Importance.MEDIUM,
                        "Stream threads. More than the partitions of `requests` are idle.")
                .setting(
                        STANDBY_REPLICAS,
                        ConfigDef.Type.INT,
                        1,
                        Validators.between(0, 5),
                        Importance.MEDIUM,
                        "Warm copies of the router's state on other workers. With one worker it has no effect.")
                .setting(
                        COMMIT_INTERVAL,
                        ConfigDef.Type.LONG,
                        50L,
                        Validators.between(10L, 10_000L),
                        Importance.LOW,
                        "Time between two transactions of the router; a request waits for half of it on average.")
                .setting(
                        DEDUPLICATION,
                        ConfigDef.Type.LONG,
                        Duration.ofHours(12).toMillis(),
                        Validators.between(60_000L, Duration.ofDays(30).toMillis()),
                        Importance.MEDIUM,
                        "How long a request is remembered by its idempotency key (or delivery id), so that a repeat is"
                                + " answered DUPLICATE.")
                .setting(
                        RESOLUTION_GRACE,
                        ConfigDef.Type.LONG,
                        10_000L,
                        Validators.between(0L, Duration.ofMinutes(10).toMillis()),
                        Importance.LOW,
                        "How long a request waits for a destination that is not known yet, before it is rejected.")
                .setting(
                        INLINE_PAYLOAD_MAX,
                        ConfigDef.Type.INT,
                        512 * 1024,
                        Validators.between(1, INLINE_PAYLOAD_LIMIT),
                        Importance.MEDIUM,
                        "Largest payload a request may carry in the record; a larger one is rejected as oversize.");
    }

    static RouterSettings from(Values values) {
        return new RouterSettings(
                values.integer(THREADS),
                values.integer(STANDBY_REPLICAS),
                values.millis(COMMIT_INTERVAL),
                values.millis(DEDUPLICATION),
                values.millis(RESOLUTION_GRACE),
                values.integer(INLINE_PAYLOAD_MAX));
    }
}
