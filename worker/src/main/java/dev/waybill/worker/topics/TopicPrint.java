package dev.waybill.worker.topics;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The topics as commands and as Strimzi resources, for teams that may not create topics themselves.
public final class TopicPrint {

    private TopicPrint() {}

    public static String commands(List<TopicSpec> specs, String bootstrap) {
        StringBuilder text = new StringBuilder();
        for (TopicSpec spec : specs) {
            text.append("kafka-topics.sh --bootstrap-server ")
                    .append(bootstrap)
                    .append(" --create --if-not-exists --topic ")
                    .append(spec.name())
                    .append(" --partitions ")
                    .append(spec.partitions())
                    .append(" --replication-factor ")
                    .append(spec.replicationFactor());
            sorted(spec)
                    .forEach((key, value) ->
                            text.append(" --config ").append(key).append('=').append(value));
            text.append('\n');
        }
        return text.toString();
    }

    /// One KafkaTopic each.
    ///
    /// @param cluster name of the Kafka resource
    public static String strimzi(List<TopicSpec> specs, String cluster) {
        StringBuilder text = new StringBuilder();
        for (TopicSpec spec : specs) {
            text.append("""
                    ---
                    apiVersion: kafka.strimzi.io/v1
                    kind: KafkaTopic
                    metadata:
                      name: %s
                      labels:
                        strimzi.io/cluster: %s
                    spec:
                      topicName: %s
                      partitions: %d
                      replicas: %d
                      config:
                    """.formatted(
                    resourceName(spec.name()), cluster, spec.name(), spec.partitions(), spec.replicationFactor()));
            sorted(spec)
                    .forEach((key, value) -> text.append("    ")
                            .append(key)
                            .append(": ")
                            .append(value.matches("-?[0-9]+") ? value : "\"" + value + "\"")
                            .append('\n'));
        }
        return text.toString();
    }

    /// Kubernetes names have no underscores or capitals.
    private static String resourceName(String topic) {
        return topic.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
    }

    private static Map<String, String> sorted(TopicSpec spec) {
        return new TreeMap<>(spec.config());
    }
}
