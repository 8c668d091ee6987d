package dev.waybill.worker.config;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// Settings of the projector.
///
/// @param loops     consumers, each with a transaction of its own at a time
/// @param batchMax  records that one transaction of Postgres takes
/// @param retention how long rows of deliveries are kept
public record ProjectorSettings(int loops, int batchMax, Duration retention, int partitionDays) {

    public static final String LOOPS = "projector.loops";
    public static final String BATCH_MAX = "projector.batch.max.records";
    public static final String RETENTION_DAYS = "projector.retention.days";
    public static final String PARTITION_DAYS = "projector.partition.days";

    /// Two wrote 1.6 times as many rows as one; four, eight and sixteen wrote fewer than two. See "Connections to
    /// Postgres" in docs/benchmarks.md.
    private static final int LOOPS_DEFAULT = 2;

    static void define(ConfigDef def) {
        new Section(def, "Projector")
                .setting(
                        LOOPS,
                        ConfigDef.Type.INT,
                        LOOPS_DEFAULT,
                        Validators.between(1, 16),
                        Importance.MEDIUM,
                        "Consumers of this process, each of which keeps one connection of Postgres busy and shares the"
                                + " partitions of `attempts` with all others. With two, one prepares a batch while the"
                                + " other one's is written.")
                .setting(
                        BATCH_MAX,
                        ConfigDef.Type.INT,
                        10_000,
                        Validators.between(1, 50_000),
                        Importance.LOW,
                        "Records that are written to Postgres in one transaction at most.")
                .setting(
                        RETENTION_DAYS,
                        ConfigDef.Type.INT,
                        90,
                        Validators.between(1, 3_650),
                        Importance.MEDIUM,
                        "How long rows of deliveries are kept. A rebuild from the topics reaches back only as far as"
                                + " `attempts` is kept.")
                .setting(
                        PARTITION_DAYS,
                        ConfigDef.Type.INT,
                        7,
                        Validators.between(1, 31),
                        Importance.LOW,
                        "Days that one partition of the delivery log covers.");
    }

    static ProjectorSettings from(Values values) {
        return new ProjectorSettings(
                values.integer(LOOPS),
                values.integer(BATCH_MAX),
                Duration.ofDays(values.integer(RETENTION_DAYS)),
                values.integer(PARTITION_DAYS));
    }
}
