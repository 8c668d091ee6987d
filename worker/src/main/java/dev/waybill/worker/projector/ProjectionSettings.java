package dev.waybill.worker.projector;

import dev.waybill.schemas.Topics;
import java.time.Duration;
import java.util.Map;

/// Settings of the projector.
///
/// @param groupId consumer group that all projectors of one database share
/// @param consumer properties that reach the broker; the projector sets its own on top
/// @param batchMaxRecords records in one transaction at most
/// @param retention how long rows of deliveries are kept
/// @param partitionDays days that one partition of the tables covers
public record ProjectionSettings(
        Topics topics,
        String groupId,
        Map<String, Object> consumer,
        int batchMaxRecords,
        Duration retention,
        int partitionDays,
        Bounds bounds) {

    private static final int POLLS_PER_BATCH = 10;

    public ProjectionSettings {
        consumer = Map.copyOf(consumer);
        if (batchMaxRecords < 1) {
            throw new IllegalArgumentException("batchMaxRecords must be at least 1: " + batchMaxRecords);
        }
    }

    /// Records that one poll brings at most. A batch is full when another poll might not fit.
    int pollMaxRecords() {
        return Math.max(1, batchMaxRecords / POLLS_PER_BATCH);
    }

    /// Without the properties of the consumer, which may be secret.
    @Override
    public String toString() {
        return "ProjectionSettings[prefix=" + topics.prefix() + ", groupId=" + groupId + ", batchMaxRecords="
                + batchMaxRecords + ", retention=" + retention + ", partitionDays=" + partitionDays + "]";
    }

    /// Times and sizes that need no setting.
    ///
    /// @param batchMaxBytes fetched at once, and so about the size of a batch
    /// @param batchMinBytes that the broker waits for, but no longer than batchMaxWait
    /// @param gatherMax how long an event waits for others that are written with it, however busy the database is
    /// @param backoffMax between two tries: less than half of the 5 s within which rows must flow again
    /// @param drain for the batch under way, when partitions are taken away or the worker stops
    /// @param upkeepEvery between two looks at the tables' partitions
    public record Bounds(
            int batchMaxBytes,
            int batchMinBytes,
            Duration batchMaxWait,
            Duration gatherMax,
            Duration backoffMin,
            Duration backoffMax,
            Duration drain,
            Duration upkeepEvery) {

        /// 8 MiB are some 10 000 events of the usual size, decoded about 50 MB of heap. 100 ms let a fetch wait for a
        /// transaction's worth of events. Within 1 s most deliveries come from queued to delivered.
        public static final Bounds DEFAULT = new Bounds(
                8 << 20,
                64 << 10,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofHours(1));
    }
}
