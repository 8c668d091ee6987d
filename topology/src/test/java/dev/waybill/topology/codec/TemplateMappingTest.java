package dev.waybill.topology.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleConstraint;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.avro.TemplateRule;
import dev.waybill.avro.TemplateSlot;
import dev.waybill.schemas.serde.GeneratedClasses;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TemplateMappingTest {

    private static final String A = new UUID(1, 1).toString();
    private static final String B = new UUID(1, 2).toString();
    private static final String C = new UUID(1, 3).toString();

    static {
        GeneratedClasses.trust();
    }

    private static TemplateRule.Builder rule(String id) {
        return TemplateRule.newBuilder()
                .setRuleId(id)
                .setName(id)
                .setPriority(7)
                .setPrimarySlots(List.of("main"))
                .setSecondarySlots(List.of("standby"));
    }

    private static RuleTemplate.Builder template(TemplateRule.Builder... rules) {
        return RuleTemplate.newBuilder()
                .setTemplateId("hipaa")
                .setName("HIPAA")
                .setSlots(List.of(new TemplateSlot("main", "", true), new TemplateSlot("standby", "", false)))
                .setConstraints(List.of(new RuleConstraint("fallback_required", List.of())))
                .setRules(
                        List.of(rules).stream().map(TemplateRule.Builder::build).toList())
                .setVersion(3)
                .setChangedAt(Instant.EPOCH);
    }

    private static List<String> faultsOf(Consumer<RuleTemplate.Builder> change) {
        RuleTemplate.Builder template = template(rule("all"));
        change.accept(template);
        return TemplateMapping.faults(template.build()).stream()
                .map(FieldFault::path)
                .toList();
    }

    private static List<String> faultsOfRule(Consumer<TemplateRule.Builder> change) {
        TemplateRule.Builder rule = rule("all");
        change.accept(rule);
        return TemplateMapping.faults(template(rule).build()).stream()
                .map(FieldFault::path)
                .toList();
    }

    @Test
    void slotsBecomeDestinationsInTheirOrder() {
        RuleTemplate template = template(rule("all").setSelection("weighted").setWeights(Map.of("main", 3)))
                .build();
        List<DefaultDestinationRule> rules =
                TemplateMapping.rules(template, "acme", Map.of("main", List.of(A, B), "standby", List.of(C)));
        assertThat(rules).hasSize(1);
        DefaultDestinationRule rule = rules.getFirst();
        assertThat(rule.getRuleId()).isEqualTo("hipaa-all");
        assertThat(rule.getOrganizationId()).isEqualTo("acme");
        assertThat(rule.getPrimary()).containsExactly(new RuleTarget(A, 3), new RuleTarget(B, 3));
        assertThat(rule.getSecondary()).containsExactly(new RuleTarget(C, 1));
        assertThat(rule.getConstraints()).isEqualTo(template.getConstraints());
        assertThat(rule.getTemplate().getTemplateId()).isEqualTo("hipaa");
        assertThat(rule.getTemplate().getVersion()).isEqualTo(3);
        assertThat(rule.getTemplate().getSlots()).containsEntry("main", List.of(A, B));
    }

    @Test
    void anEmptySlotLeavesItsTierEmptyAndARuleWithoutPrimariesOut() {
        RuleTemplate template = template(
                        rule("all"),
                        rule("spare").setPrimarySlots(List.of("standby")).setSecondarySlots(List.of()))
                .build();
        assertThat(TemplateMapping.rules(template, "acme", Map.of("main", List.of(A))))
                .extracting(DefaultDestinationRule::getRuleId)
                .containsExactly("hipaa-all");
    }

    @Test
    void aTemplateThatMakesRulesIsTaken() {
        assertThat(faultsOf(_ -> {})).isEmpty();
    }

    @Test
    void whatIsWrongWithATemplateIsNamed() {
        assertThat(faultsOf(template -> template.setTemplateId("no token"))).contains("templateId");
        assertThat(faultsOf(template -> template.setName("x".repeat(256)))).containsExactly("name");
        assertThat(faultsOf(template -> template.setDescription("x".repeat(2_001))))
                .containsExactly("description");
        assertThat(faultsOf(template -> template.setCategory("other"))).containsExactly("category");
        assertThat(faultsOf(template -> template.setConstraints(List.of(new RuleConstraint("x", List.of())))))
                .containsExactly("constraints[0].constraint");
        assertThat(faultsOf(template -> template.setRules(List.of()))).contains("rules");
        assertThat(faultsOf(template ->
                        template.setRules(List.of(rule("a").build(), rule("a").build()))))
                .containsExactly("rules[1].ruleId");
        assertThat(faultsOf(template -> template.setRules(IntStream.rangeClosed(0, TemplateMapping.RULES_MAX)
                        .mapToObj(i -> rule("r" + i).build())
                        .toList())))
                .containsExactly("rules");
    }

    @Test
    void whatIsWrongWithASlotIsNamed() {
        assertThat(faultsOf(template -> template.setSlots(List.of(
                        new TemplateSlot("main", "", true),
                        new TemplateSlot("standby", "", true),
                        new TemplateSlot("unused", "", true)))))
                .containsExactly("slots");
        assertThat(faultsOf(template -> template.setSlots(List.of(
                        new TemplateSlot("main", "", true),
                        new TemplateSlot("standby", "", true),
                        new TemplateSlot("main", "", true)))))
                .containsExactly("slots[2].name");
        assertThat(faultsOf(template -> template.setSlots(
                        List.of(new TemplateSlot("main", "", true), new TemplateSlot("not a token", "", true)))))
                .containsExactly("slots[1].name", "rules[0].secondarySlots");
    }

    @Test
    void whatIsWrongWithARuleIsNamedAsTheTemplateHasIt() {
        assertThat(faultsOfRule(rule -> rule.setRuleId("no token"))).containsExactly("rules[0].ruleId");
        assertThat(faultsOfRule(rule -> rule.setSelection("best"))).containsExactly("rules[0].selection");
        assertThat(faultsOfRule(rule -> rule.setSelection("sticky"))).containsExactly("rules[0].stickyBy");
        assertThat(faultsOfRule(rule -> rule.setFallbackSlots(List.of("nowhere"))))
                .containsExactly("rules[0].fallbackSlots");
        assertThat(faultsOfRule(rule -> rule.setFallbackSlots(List.of("main"))))
                .containsExactly("rules[0].fallbackSlots");
        assertThat(faultsOfRule(rule -> rule.setWeights(Map.of("nowhere", 2)))).containsExactly("rules[0].weights");
        assertThat(faultsOfRule(rule -> rule.setWeights(Map.of("main", 0)))).containsExactly("rules[0].primarySlots");
        assertThat(faultsOfRule(rule -> rule.setPrimarySlots(List.of()).setFallbackSlots(List.of("main"))))
                .containsExactly("rules[0].primarySlots");
        assertThat(faultsOfRule(rule -> rule.setConditions(RuleConditions.newBuilder()
                        .setPayloadTypes(List.of("a b"))
                        .build())))
                .containsExactly("rules[0].conditions.payloadTypes[0]");
    }
}
