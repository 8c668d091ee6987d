package dev.waybill.worker.topics;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/// What a topic is.
///
/// @param replicationFactor of its least replicated partition
/// @param config            all settings, by Kafka's names
/// @param allowed           what this client may do with it
public record TopicState(
        String name, int partitions, int replicationFactor, Map<String, String> config, Set<AclOperation> allowed) {

    public TopicState {
        config = Map.copyOf(config);
        allowed = Set.copyOf(allowed);
    }
}
