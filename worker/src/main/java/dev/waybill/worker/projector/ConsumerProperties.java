package dev.waybill.worker.projector;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/// Properties of the projector's consumer: what it needs for itself wins over what was passed on.
final class ConsumerProperties {

    /// A dead worker's partitions go to another one after this time; its half-written batch was never there.
    private static final int SESSION_TIMEOUT_MS = 10_000;

    private ConsumerProperties() {}

    static Map<String, Object> of(ProjectionSettings settings) {
        var properties = new HashMap<String, Object>();
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "waybill-projector");
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        properties.putAll(settings.consumer());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.groupId());
        // An attempt that was rolled back never happened.
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.pollMaxRecords());
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, settings.bounds().batchMaxBytes());
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, settings.bounds().batchMinBytes());
        // A backlog is read in long stretches of one partition: the events of a delivery are on one, so they meet.
        properties.put(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                settings.bounds().batchMaxBytes());
        properties.put(
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                Math.toIntExact(settings.bounds().batchMaxWait().toMillis()));
        return properties;
    }
}
