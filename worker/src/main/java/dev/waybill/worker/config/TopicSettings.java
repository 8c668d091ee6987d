package dev.waybill.worker.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// What `topics apply` creates, and what `topics verify` expects.
public record TopicSettings(int partitions, short replicationFactor, int minInsyncReplicas) {

    public static final String PARTITIONS = "topics.partitions";
    public static final String REPLICATION = "topics.replication.factor";
    public static final String MIN_ISR = "topics.min.insync.replicas";

    public TopicSettings {
        if (minInsyncReplicas > replicationFactor) {
            throw new InvalidConfigurationException(MIN_ISR + ": " + minInsyncReplicas + " is more than " + REPLICATION
                    + "=" + replicationFactor + ", so that nothing could be written");
        }
    }

    static void define(ConfigDef def) {
        new Section(def, "Topics")
                .setting(
                        PARTITIONS,
                        ConfigDef.Type.INT,
                        12,
                        Validators.between(1, 1_000),
                        Importance.HIGH,
                        "Partitions of the topics that `waybill topics apply` creates (configuration topics have one)."
                                + " They are fixed for life.")
                .setting(
                        REPLICATION,
                        ConfigDef.Type.INT,
                        3,
                        Validators.between(1, 15),
                        Importance.HIGH,
                        "Replicas of each partition.")
                .setting(
                        MIN_ISR,
                        ConfigDef.Type.INT,
                        2,
                        Validators.between(1, 15),
                        Importance.HIGH,
                        "Replicas that must have a record before it counts as written. 2 of 3 survive the loss of a"
                                + " broker.");
    }

    static TopicSettings from(Values values) {
        return new TopicSettings(
                values.integer(PARTITIONS), (short) values.integer(REPLICATION), values.integer(MIN_ISR));
    }
}
