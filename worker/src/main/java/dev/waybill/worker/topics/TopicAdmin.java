package dev.waybill.worker.topics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// Reads and changes topics through Kafka's admin client. The caller owns the client.
public final class TopicAdmin {

    /// For one request; a controller that is being elected is back within a few seconds.
    private static final long WAIT_SECONDS = 15;

    private final Admin admin;

    public TopicAdmin(Admin admin) {
        this.admin = admin;
    }

    /// Those of the topics that exist, by name.
    ///
    /// @throws org.apache.kafka.common.KafkaException if the cluster cannot be asked
    public Map<String, TopicState> describe(List<TopicSpec> specs) {
        List<String> names = specs.stream().map(TopicSpec::name).toList();
        Map<String, TopicDescription> found = new HashMap<>();
        admin.describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .forEach((name, future) -> {
                    TopicDescription description = awaitUnlessUnknown(future);
                    if (description != null) {
                        found.put(name, description);
                    }
                });
        Map<ConfigResource, Config> configs = await(admin.describeConfigs(
                        found.keySet().stream().map(TopicAdmin::resource).toList())
                .all());
        Map<String, TopicState> states = new HashMap<>();
        found.forEach((name, description) -> states.put(name, state(description, configs.get(resource(name)))));
        return states;
    }

    /// Carries out a plan; harmless where others have done so already.
    public void apply(TopicPlan plan) {
        List<NewTopic> missing = new ArrayList<>();
        Map<ConfigResource, java.util.Collection<AlterConfigOp>> changes = new HashMap<>();
        for (TopicPlan.Step step : plan.steps()) {
            switch (step) {
                case TopicPlan.Create(TopicSpec spec) ->
                    missing.add(new NewTopic(spec.name(), spec.partitions(), spec.replicationFactor())
                            .configs(spec.config()));
                case TopicPlan.Alter(String topic, Map<String, String> config) ->
                    changes.put(
                            resource(topic),
                            config.entrySet().stream()
                                    .map(e -> new AlterConfigOp(
                                            new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
                                    .collect(Collectors.toList()));
                case TopicPlan.Keep _ -> {}
            }
        }
        admin.createTopics(missing).values().values().forEach(TopicAdmin::awaitCreation);
        await(admin.incrementalAlterConfigs(changes).all());
    }

    private static void awaitCreation(KafkaFuture<Void> future) {
        try {
            await(future);
        } catch (org.apache.kafka.common.errors.TopicExistsException _) {
            // Another worker or operator was faster; the next review compares what it made.
        }
    }

    private static TopicState state(TopicDescription description, @Nullable Config config) {
        Map<String, String> values = new HashMap<>();
        if (config != null) {
            config.entries().stream()
                    .filter(entry -> entry.value() != null)
                    .forEach(entry -> values.put(entry.name(), entry.value()));
        }
        int replicas = description.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        Set<AclOperation> allowed = description.authorizedOperations();
        return new TopicState(
                description.name(),
                description.partitions().size(),
                replicas,
                values,
                allowed == null ? Set.of() : allowed);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static @Nullable TopicDescription awaitUnlessUnknown(KafkaFuture<TopicDescription> future) {
        try {
            return await(future);
        } catch (UnknownTopicOrPartitionException _) {
            return null;
        }
    }

    static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new org.apache.kafka.common.KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "the cluster did not answer within " + WAIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }
}
