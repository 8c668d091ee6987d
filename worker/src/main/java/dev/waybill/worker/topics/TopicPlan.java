package dev.waybill.worker.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/// What `topics apply` would do. Partition counts and replicas of existing topics are never touched.
public record TopicPlan(List<Step> steps) {

    /// One topic's part of the plan.
    public sealed interface Step {
        String topic();
    }

    /// The topic is missing.
    public record Create(TopicSpec spec) implements Step {
        @Override
        public String topic() {
            return spec.name();
        }
    }

    /// Settings of the topic are weaker than they should be.
    public record Alter(String topic, Map<String, String> config) implements Step {
        public Alter {
            config = Map.copyOf(config);
        }
    }

    /// Nothing to do.
    public record Keep(String topic) implements Step {}

    public TopicPlan {
        steps = List.copyOf(steps);
    }

    public static TopicPlan of(List<TopicSpec> specs, Map<String, TopicState> states) {
        List<Step> steps = new ArrayList<>();
        for (TopicSpec spec : specs) {
            TopicState state = states.get(spec.name());
            steps.add(state == null ? new Create(spec) : existing(spec, state));
        }
        return new TopicPlan(steps);
    }

    public boolean isEmpty() {
        return steps.stream().allMatch(step -> step instanceof Keep);
    }

    private static Step existing(TopicSpec spec, TopicState state) {
        Map<String, String> changes = new TreeMap<>();
        spec.config().forEach((key, wanted) -> {
            String actual = state.config().get(key);
            // Fewer replicas than the minimum would make the topic unwritable.
            boolean possible = !key.equals(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                    || Integer.parseInt(wanted) <= state.replicationFactor();
            if (actual != null && possible && isWeaker(key, actual, wanted)) {
                changes.put(key, wanted);
            }
        });
        return changes.isEmpty() ? new Keep(spec.name()) : new Alter(spec.name(), changes);
    }

    /// An operator who keeps more than needed keeps it.
    private static boolean isWeaker(String key, String actual, String wanted) {
        if (key.equals(TopicConfig.CLEANUP_POLICY_CONFIG)) {
            return !actual.equals(wanted);
        }
        long have = Long.parseLong(actual);
        long want = Long.parseLong(wanted);
        boolean unlimited = key.equals(TopicConfig.RETENTION_MS_CONFIG) && have < 0;
        boolean wantsUnlimited = key.equals(TopicConfig.RETENTION_MS_CONFIG) && want < 0;
        return !unlimited && (wantsUnlimited || have < want);
    }
}
