package dev.waybill.worker.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.topics.Finding.Severity;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;

class TopicReviewTest {

    private static final WorkerConfig CONFIG =
            WorkerConfig.of(Map.of("bootstrap.servers", "b:1", "schema.registry.url", "http://r"), Map.of());
    private static final List<TopicSpec> SPECS = TopicTable.of(CONFIG.worker(), CONFIG.router(), CONFIG.topics());
    private static final Set<Role> ROLES = EnumSet.allOf(Role.class);

    @Test
    void the_table_names_every_topic_once() {
        assertThat(SPECS.stream().map(TopicSpec::name))
                .doesNotHaveDuplicates()
                .contains(
                        "delivery.requests",
                        "delivery.tasks.webhook",
                        "delivery.retries.1h",
                        "delivery.returns",
                        "delivery.dead-letters",
                        "delivery.destination-tests",
                        "delivery.control")
                .hasSize(21);
    }

    @Test
    void topics_as_planned_need_nothing() {
        Map<String, TopicState> states = asPlanned();
        assertThat(TopicReview.review(SPECS, states, ROLES)).isEmpty();
        assertThat(TopicPlan.of(SPECS, states).isEmpty()).isTrue();
    }

    @Test
    void a_missing_topic_is_an_error_and_is_created() {
        Map<String, TopicState> states = asPlanned();
        states.remove("delivery.returns");
        assertThat(TopicReview.review(SPECS, states, ROLES)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.line()).contains("delivery.returns", "does not exist", "waybill topics apply");
        });
        assertThat(TopicPlan.of(SPECS, states).steps())
                .filteredOn(step -> step instanceof TopicPlan.Create)
                .singleElement()
                .extracting(TopicPlan.Step::topic)
                .isEqualTo("delivery.returns");
    }

    @Test
    void requests_must_have_the_partitions_of_returns() {
        Map<String, TopicState> states = asPlanned();
        replace(states, "delivery.requests", 6, 3, Map.of());
        assertThat(errors(states)).containsExactly("delivery.requests");
    }

    @Test
    void configuration_topics_must_have_one_partition() {
        Map<String, TopicState> states = asPlanned();
        replace(states, "delivery.rules", 2, 3, Map.of());
        assertThat(errors(states)).containsExactly("delivery.rules");
    }

    @Test
    void task_topics_may_have_any_partitions() {
        Map<String, TopicState> states = asPlanned();
        replace(states, "delivery.tasks.email", 3, 3, Map.of());
        assertThat(TopicReview.review(SPECS, states, ROLES)).isEmpty();
    }

    @Test
    void weaker_settings_are_found_and_altered_and_stronger_ones_left() {
        Map<String, TopicState> states = asPlanned();
        replace(states, "delivery.attempts", 12, 3, Map.of("retention.ms", "1000"));
        replace(states, "delivery.results", 12, 3, Map.of("retention.ms", "-1"));
        replace(states, "delivery.tasks.webhook", 12, 3, Map.of("max.message.bytes", "1048588"));
        replace(states, "delivery.rules", 1, 3, Map.of("cleanup.policy", "delete"));
        replace(states, "delivery.destinations", 1, 1, Map.of("min.insync.replicas", "1"));
        assertThat(errors(states)).containsExactlyInAnyOrder("delivery.tasks.webhook", "delivery.rules");
        assertThat(TopicReview.review(SPECS, states, ROLES))
                .filteredOn(finding -> finding.severity() == Severity.WARNING)
                .extracting(Finding::topic)
                .containsExactlyInAnyOrder("delivery.attempts", "delivery.destinations", "delivery.destinations");
        assertThat(TopicPlan.of(SPECS, states).steps())
                .filteredOn(step -> step instanceof TopicPlan.Alter)
                .extracting(TopicPlan.Step::topic)
                .containsExactlyInAnyOrder("delivery.attempts", "delivery.tasks.webhook", "delivery.rules");
    }

    @Test
    void rights_are_checked_for_the_roles_that_run_here() {
        Map<String, TopicState> states = asPlanned();
        TopicState returns = state(states, "delivery.returns");
        states.put(
                "delivery.returns",
                new TopicState(
                        returns.name(),
                        returns.partitions(),
                        returns.replicationFactor(),
                        returns.config(),
                        Set.of(AclOperation.READ, AclOperation.DESCRIBE)));
        assertThat(TopicReview.review(SPECS, states, Set.of(Role.ROUTER))).isEmpty();
        assertThat(TopicReview.review(SPECS, states, Set.of(Role.RETRIES)))
                .singleElement()
                .extracting(Finding::line)
                .asString()
                .contains("WRITE");
    }

    @Test
    void both_printed_forms_name_every_topic() {
        String commands = TopicPrint.commands(SPECS, "b:1");
        String yaml = TopicPrint.strimzi(SPECS, "my-cluster");
        assertThat(commands.lines()).hasSize(SPECS.size());
        SPECS.forEach(spec -> {
            assertThat(commands).contains("--topic " + spec.name() + " --partitions " + spec.partitions());
            assertThat(yaml).contains("topicName: " + spec.name() + "\n");
        });
        assertThat(commands).contains("--config cleanup.policy=compact", "--config retention.ms=-1");
        assertThat(yaml).contains("    cleanup.policy: \"compact\"", "    retention.ms: -1");
    }

    private static List<String> errors(Map<String, TopicState> states) {
        return TopicReview.review(SPECS, states, ROLES).stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .map(Finding::topic)
                .toList();
    }

    private static Map<String, TopicState> asPlanned() {
        Map<String, TopicState> states = new HashMap<>();
        SPECS.forEach(spec -> states.put(
                spec.name(),
                new TopicState(
                        spec.name(),
                        spec.partitions(),
                        spec.replicationFactor(),
                        spec.config(),
                        Set.of(AclOperation.READ, AclOperation.WRITE))));
        return states;
    }

    private static void replace(
            Map<String, TopicState> states, String name, int partitions, int replicas, Map<String, String> config) {
        Map<String, String> all = new HashMap<>(state(states, name).config());
        all.putAll(config);
        states.put(
                name,
                new TopicState(
                        name, partitions, replicas, all, state(states, name).allowed()));
    }

    private static TopicState state(Map<String, TopicState> states, String name) {
        return Objects.requireNonNull(states.get(name));
    }
}
