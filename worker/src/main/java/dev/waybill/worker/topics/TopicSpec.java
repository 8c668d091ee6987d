package dev.waybill.worker.topics;

import dev.waybill.worker.config.Role;
import java.util.Map;
import java.util.Set;

/// What a topic should be.
///
/// @param partitions  as created; see [Partitions] for what is accepted
/// @param config      the settings that matter, by Kafka's names
/// @param readers     roles that read it
/// @param writers     roles that write it
public record TopicSpec(
        String name,
        int partitions,
        Partitions rule,
        short replicationFactor,
        Map<String, String> config,
        Set<Role> readers,
        Set<Role> writers) {

    /// Which partition counts are accepted of a topic that exists.
    public enum Partitions {
        /// Any: nothing depends on it.
        ANY,
        /// One: the total order of its records is relied on.
        ONE,
        /// That of `returns`: the router reads them together.
        AS_RETURNS
    }

    public TopicSpec {
        config = Map.copyOf(config);
        readers = Set.copyOf(readers);
        writers = Set.copyOf(writers);
    }
}
