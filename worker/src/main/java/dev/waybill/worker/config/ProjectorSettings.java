package dev.waybill.worker.config;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// Settings of the projector.
///
/// @param batchMax  records that one transaction of Postgres takes
/// @param retention how long rows of deliveries are kept
public record ProjectorSettings(int batchMax, Duration retention, int partitionDays) {

    public static final String BATCH_MAX = "projector.batch.max.records";
    public static final String RETENTION_DAYS = "projector.retention.days";
    public static final String PARTITION_DAYS = "projector.partition.days";

    static void define(ConfigDef def) {
        new Section(def, "Projector")
                .setting(
                        BATCH_MAX,
                        ConfigDef.Type.INT,
                        5_000,
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
                values.integer(BATCH_MAX),
                Duration.ofDays(values.integer(RETENTION_DAYS)),
                values.integer(PARTITION_DAYS));
    }
}
