package dev.waybill.worker.topics;

import dev.waybill.worker.config.Role;
import dev.waybill.worker.topics.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/// Compares what topics are with what they should be. A plain function of both.
public final class TopicReview {

    private static final String APPLY = "run `waybill topics apply`, or create it as `waybill topics print` shows";

    private final Map<String, TopicState> states;
    private final Set<Role> roles;
    private final List<Finding> findings = new ArrayList<>();

    private TopicReview(Map<String, TopicState> states, Set<Role> roles) {
        this.states = states;
        this.roles = roles;
    }

    /// All findings, the worst first.
    ///
    /// @param states what exists, by name
    /// @param roles  whose rights are checked
    public static List<Finding> review(List<TopicSpec> specs, Map<String, TopicState> states, Set<Role> roles) {
        TopicReview review = new TopicReview(states, roles);
        @Nullable
        TopicState returns = specs.stream()
                .filter(spec -> spec.rule() == TopicSpec.Partitions.AS_RETURNS)
                .reduce((_, last) -> last)
                .map(spec -> states.get(spec.name()))
                .orElse(null);
        specs.forEach(spec -> review.topic(spec, returns));
        return review.findings.stream()
                .sorted(Comparator.comparing(Finding::severity))
                .toList();
    }

    private void topic(TopicSpec spec, @Nullable TopicState returns) {
        TopicState state = states.get(spec.name());
        if (state == null) {
            error(spec, "does not exist (or this client may not see it)", APPLY);
            return;
        }
        partitions(spec, state, returns);
        if (state.replicationFactor() < spec.replicationFactor()) {
            warn(
                    spec,
                    "has " + state.replicationFactor() + " replicas, not " + spec.replicationFactor(),
                    "reassign its partitions with kafka-reassign-partitions.sh, or set topics.replication.factor");
        }
        spec.config()
                .forEach((key, wanted) ->
                        config(spec, key, wanted, state.config().get(key)));
        rights(spec, state);
    }

    private void partitions(TopicSpec spec, TopicState state, @Nullable TopicState returns) {
        switch (spec.rule()) {
            case ANY -> {}
            case ONE -> {
                if (state.partitions() != 1) {
                    error(
                            spec,
                            "has " + state.partitions() + " partitions where exactly 1 is needed",
                            "delete it and create it anew with one partition: its order is relied on");
                }
            }
            case AS_RETURNS -> {
                if (returns != null && state.partitions() != returns.partitions()) {
                    error(
                            spec,
                            "has " + state.partitions() + " partitions, but " + returns.name() + " has "
                                    + returns.partitions(),
                            "the two must be equal: recreate the one that carries no data yet");
                }
            }
        }
    }

    private void config(TopicSpec spec, String key, String wanted, @Nullable String actual) {
        if (actual == null || wanted.equals(actual)) {
            return;
        }
        String problem = key + "=" + actual + ", not " + wanted;
        String remedy = "run `waybill topics apply`, or set it with kafka-configs.sh";
        switch (key) {
            case TopicConfig.CLEANUP_POLICY_CONFIG -> error(spec, problem + ", so that records would be lost", remedy);
            case TopicConfig.MAX_MESSAGE_BYTES_CONFIG -> {
                if (Long.parseLong(actual) < Long.parseLong(wanted)) {
                    error(spec, problem + ", so that large tasks could not be written", remedy);
                }
            }
            case TopicConfig.RETENTION_MS_CONFIG -> {
                long have = Long.parseLong(actual);
                long want = Long.parseLong(wanted);
                if (have >= 0 && (want < 0 || have < want)) {
                    warn(spec, problem + ", so that records expire early", remedy);
                }
            }
            case TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG -> {
                if (Integer.parseInt(actual) < Integer.parseInt(wanted)) {
                    warn(spec, problem + ", so that the loss of a broker may lose records", remedy);
                }
            }
            default -> warn(spec, problem, remedy);
        }
    }

    private void rights(TopicSpec spec, TopicState state) {
        Set<AclOperation> needed = EnumSet.noneOf(AclOperation.class);
        if (spec.readers().stream().anyMatch(roles::contains)) {
            needed.add(AclOperation.READ);
        }
        if (spec.writers().stream().anyMatch(roles::contains)) {
            needed.add(AclOperation.WRITE);
        }
        needed.removeAll(state.allowed());
        if (!needed.isEmpty() && !state.allowed().isEmpty()) {
            error(spec, "this worker may not " + needed + " it", "grant that with kafka-acls.sh to its principal");
        }
    }

    private void error(TopicSpec spec, String problem, String remedy) {
        findings.add(new Finding(spec.name(), Severity.ERROR, problem, remedy));
    }

    private void warn(TopicSpec spec, String problem, String remedy) {
        findings.add(new Finding(spec.name(), Severity.WARNING, problem, remedy));
    }
}
