package dev.waybill.topology.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleConstraint;
import dev.waybill.avro.RuleOrigin;
import dev.waybill.avro.RuleTarget;
import dev.waybill.avro.RuleWindow;
import dev.waybill.schemas.serde.GeneratedClasses;
import dev.waybill.topology.model.Condition;
import dev.waybill.topology.model.Constraint;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.model.Target;
import dev.waybill.topology.policy.DeliveryHours;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleMappingTest {

    private static final UUID A = new UUID(1, 1);
    private static final UUID B = new UUID(2, 2);
    private static final UUID C = new UUID(3, 3);

    static {
        GeneratedClasses.trust();
    }

    private static DefaultDestinationRule.Builder rule() {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId("acme")
                .setRuleId("r")
                .setName("r")
                .setPriority(5)
                .setPrimary(List.of(target(A)))
                .setVersion(3)
                .setChangedAt(Instant.EPOCH);
    }

    private static RuleConditions.Builder conditions() {
        return RuleConditions.newBuilder();
    }

    private static RuleTarget target(UUID id) {
        return RuleTarget.newBuilder().setDestinationId(id.toString()).build();
    }

    private static RuleConstraint constraint(String name, String... values) {
        return new RuleConstraint(name, List.of(values));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "encrypted_transport||-",
                "encrypted_transport|ftp|-",
                "regions|eu|-",
                "regions||values",
                "labels|a=b|-",
                "labels|a=|-",
                "labels|a|values",
                "labels|=b|values",
                "labels||values",
                "providers_denied|ftp|-",
                "providers_denied||values",
                "fallback_required||-",
                "fallback_required|yes|values",
                "retention_days|1|-",
                "retention_days|36525|-",
                "retention_days|36526|values",
                "retention_days|0|values",
                "retention_days|x|values",
                "retention_days||values",
                "retention_days|1,2|values",
                "regions|eu, |values",
                "encrypted|x|constraint"
            })
    void aConstraintHasValuesThatMeanSomething(String name, @Nullable String values, @Nullable String fault) {
        String[] given = values == null ? new String[0] : values.split(",", -1);
        List<String> faults = faultsOf(rule().setConstraints(List.of(constraint(name, given))));
        assertThat(faults).isEqualTo(fault == null ? List.of() : List.of("constraints[0]." + fault));
    }

    @Test
    void constraintsAndTheirTemplateAreBounded() {
        assertThat(faultsOf(rule().setConstraints(Collections.nCopies(20, constraint("fallback_required")))))
                .isEmpty();
        assertThat(faultsOf(rule().setConstraints(Collections.nCopies(21, constraint("fallback_required")))))
                .containsExactly("constraints");
        assertThat(faultsOf(rule().setTemplate(new RuleOrigin("no token", 1L, Map.of()))))
                .containsExactly("template.templateId");
    }

    private static RuleWindow window(String start, String end, String zone, String... days) {
        return new RuleWindow(List.of(days), start, end, zone);
    }

    private static List<String> faultsOf(DefaultDestinationRule.Builder rule) {
        return RuleMapping.faults(rule.build()).stream().map(FieldFault::path).toList();
    }

    private static List<String> faultsOf(RuleConditions.Builder conditions) {
        return faultsOf(rule().setConditions(conditions.build()));
    }

    @Test
    void theBaseRuleHasNoConditions() {
        DefaultDestinationRule.Builder base = rule().setRuleId(Rule.BASE_ID);
        assertThat(faultsOf(base)).isEmpty();
        assertThat(faultsOf(base.setConditions(conditions().build()))).isEmpty();
        assertThat(faultsOf(base.setConditions(
                        conditions().setUserRoles(List.of("nurse")).build())))
                .containsExactly("conditions");
    }

    @Test
    void theBaseRuleIsEvaluatedLastWhateverItsPriority() {
        List<Rule> rules = Stream.of(
                        rule().setRuleId(Rule.BASE_ID).setPriority(9),
                        rule().setRuleId("b").setPriority(-9),
                        rule().setRuleId("a").setPriority(-9),
                        rule().setRuleId("z").setPriority(8))
                .map(each -> RuleMapping.toModel(each.build()))
                .sorted(Rule.EVALUATION_ORDER)
                .toList();
        assertThat(rules).extracting(Rule::ruleId).containsExactly("z", "a", "b", Rule.BASE_ID);
    }

    @Test
    void aRuleWithAllThatItCanHave() {
        Rule rule = RuleMapping.toModel(rule().setConditions(conditions()
                        .setPayloadTypes(List.of("audit.*"))
                        .setUserRoles(List.of("nurse"))
                        .setTagsAny(List.of("a"))
                        .setTagsAll(List.of("b"))
                        .setTagsNone(List.of("c"))
                        .setWindows(List.of(window("22:00", "24:00", "Europe/Vienna", "SAT", "SUN")))
                        .setMinBytes(10L)
                        .setMetadata(Map.of("k", "v"))
                        .build())
                .setSelection("sticky")
                .setStickyBy("metadata.patient")
                .setPrimary(List.of(new RuleTarget(A.toString(), 7)))
                .setSecondary(List.of(target(B)))
                .setFallback(List.of(target(C)))
                .setContinues(true)
                .setValidFrom(Instant.ofEpochMilli(1))
                .setValidUntil(Instant.ofEpochMilli(2))
                .setTemplate(new RuleOrigin("hipaa", 2L, Map.of("main", List.of(A.toString()))))
                .setConstraints(List.of(constraint("encrypted_transport"), constraint("retention_days", "30")))
                .build());
        assertThat(rule)
                .isEqualTo(new Rule(
                        "acme",
                        "r",
                        "r",
                        5,
                        true,
                        List.of(
                                new Condition.Type(List.of(new Condition.TypePattern("audit.*"))),
                                new Condition.Role(Set.of("nurse")),
                                new Condition.AnyTag(Set.of("a")),
                                new Condition.AllTags(Set.of("b")),
                                new Condition.NoTag(Set.of("c")),
                                new Condition.Metadata(Map.of("k", "v")),
                                new Condition.Size(10, Long.MAX_VALUE),
                                new Condition.Windows(List.of(new DeliveryHours(
                                        Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
                                        LocalTime.of(22, 0),
                                        LocalTime.MIDNIGHT,
                                        ZoneId.of("Europe/Vienna"))))),
                        new Selection.Sticky(new Selection.Key("metadata.patient")),
                        List.of(new Target(A, 7)),
                        List.of(new Target(B, 1)),
                        List.of(new Target(C, 1)),
                        true,
                        Instant.ofEpochMilli(1),
                        Instant.ofEpochMilli(2),
                        "hipaa",
                        List.of(new Constraint.EncryptedTransport(Set.of()), new Constraint.RetentionDays(30)),
                        3));
    }

    @Test
    void conditionsThatAskForNothingAreNone() {
        assertThat(RuleMapping.toModel(
                                rule().setConditions(conditions().build()).build())
                        .conditions())
                .isEmpty();
    }

    @Test
    void aPlainRuleAsksForNothingAndTakesAll() {
        Rule rule = RuleMapping.toModel(rule().build());
        assertThat(rule.conditions()).isEmpty();
        assertThat(rule.selection()).isEqualTo(new Selection.All());
        assertThat(rule.primary()).containsExactly(new Target(A, 1));
        assertThat(rule.active()).isTrue();
        assertThat(rule.continues()).isFalse();
    }

    @Test
    void everyFaultIsNamedWithItsPath() {
        DefaultDestinationRule wrong = rule().setRuleId("a b")
                .setSelection("best")
                .setPrimary(List.of())
                .setSecondary(List.of(target(B), new RuleTarget("b", 0)))
                .setFallback(List.of(target(B)))
                .setConditions(conditions()
                        .setPayloadTypes(List.of("a*"))
                        .setWindows(List.of(window("8:00", "25:00", "Mars/Olympus", "MON", "Tuesday")))
                        .build())
                .build();
        assertThat(RuleMapping.faults(wrong))
                .extracting(FieldFault::path)
                .containsExactlyInAnyOrder(
                        "ruleId",
                        "selection",
                        "primary",
                        "secondary[1].weight",
                        "secondary[1].destinationId",
                        "fallback[0].destinationId",
                        "conditions.payloadTypes[0]",
                        "conditions.windows[0].start",
                        "conditions.windows[0].end",
                        "conditions.windows[0].zone",
                        "conditions.windows[0].days[1]");
        assertThatThrownBy(() -> RuleMapping.toModel(wrong))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("primary: at least one destination")
                .hasMessageContaining("; fallback[0].destinationId: stands at secondary[0] already; ");
    }

    @ParameterizedTest
    @CsvSource({
        "08:00, 17:30, true",
        "22:00, 06:00, true",
        "00:00, 24:00, true",
        "12:00, 24:00, true",
        "00:00, 00:00, false",
        "08:00, 08:00, false",
        "24:00, 08:00, false",
        "24:00, 24:00, false",
        "23:59, 24:01, false",
        "08:60, 09:00, false",
        "8:00,  09:00, false",
        "08:00:00, 09:00, false"
    })
    void aWindowHasALength(String start, String end, boolean good) {
        assertThat(faultsOf(conditions().setWindows(List.of(window(start, end, "UTC"))))
                        .isEmpty())
                .isEqualTo(good);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "all, null, true",
                "failover, null, true",
                "weighted, null, true",
                "round-robin, null, true",
                "sticky, correlationId, true",
                "sticky, metadata.x, true",
                "sticky, metadata., false",
                "sticky, deliveryId, false",
                "sticky, null, false",
                "weighted, correlationId, false",
                "All, null, false",
                "'', null, false"
            },
            nullValues = "null")
    void aSelectionIsOneOfFive(String selection, String stickyBy, boolean good) {
        assertThat(faultsOf(rule().setSelection(selection).setStickyBy(stickyBy))
                        .isEmpty())
                .isEqualTo(good);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"null, 0, true", "0, null, true", "5, 5, true", "5, 4, false", "-1, 4, false", "null, -1, false"},
            nullValues = "null")
    void aSizeIsARange(Long min, Long max, boolean good) {
        assertThat(faultsOf(conditions().setMinBytes(min).setMaxBytes(max)).isEmpty())
                .isEqualTo(good);
    }

    @Test
    void whatIsWrongIsSaidInBoundedWords() {
        String text = "x".repeat(10_000);
        assertThat(RuleMapping.faults(rule().setPrimary(List.of(new RuleTarget(text, 1)))
                        .setSelection(text)
                        .build()))
                .hasSize(2)
                .allSatisfy(fault -> assertThat(fault.fault().length()).isLessThan(200));
        List<String> many = Collections.nCopies(10_000, "*");
        assertThat(faultsOf(conditions().setPayloadTypes(many))).hasSize(RuleMapping.FAULTS_MAX);
    }

    @Test
    void boundsHoldOnBothSides() {
        List<RuleTarget> many = java.util.stream.IntStream.rangeClosed(1, RuleMapping.TARGETS_MAX)
                .mapToObj(i -> target(new UUID(9, i)))
                .toList();
        assertThat(faultsOf(rule().setPrimary(many))).isEmpty();
        assertThat(faultsOf(rule().setPrimary(with(many, target(A))))).containsExactly("primary");
        assertThat(faultsOf(rule().setPrimary(List.of(new RuleTarget(A.toString(), RuleMapping.WEIGHT_MAX)))))
                .isEmpty();
        assertThat(faultsOf(rule().setPrimary(List.of(new RuleTarget(A.toString(), RuleMapping.WEIGHT_MAX + 1)))))
                .containsExactly("primary[0].weight");
        List<String> tags = Collections.nCopies(RuleMapping.VALUES_MAX, "t");
        assertThat(faultsOf(conditions().setTagsAny(tags))).isEmpty();
        assertThat(faultsOf(conditions().setTagsAny(with(tags, "u")))).containsExactly("conditions.tagsAny");
        assertThat(faultsOf(conditions().setUserRoles(List.of("r".repeat(RuleMapping.VALUE_LENGTH_MAX)))))
                .isEmpty();
        assertThat(faultsOf(conditions().setUserRoles(List.of("r".repeat(RuleMapping.VALUE_LENGTH_MAX + 1), " "))))
                .containsExactly("conditions.userRoles[0]", "conditions.userRoles[1]");
        assertThat(faultsOf(conditions().setPayloadTypes(List.of("t".repeat(98) + ".*", "*", ".*", "a.*.b"))))
                .containsExactly(
                        "conditions.payloadTypes[1]", "conditions.payloadTypes[2]", "conditions.payloadTypes[3]");
        assertThat(faultsOf(rule().setSelection("sticky").setStickyBy("metadata." + "k".repeat(246))))
                .isEmpty();
        assertThat(faultsOf(rule().setSelection("sticky").setStickyBy("metadata." + "k".repeat(247))))
                .containsExactly("stickyBy");
        assertThat(faultsOf(rule().setSelection("best").setStickyBy("correlationId")))
                .containsExactly("selection");
        assertThat(faultsOf(rule().setValidFrom(Instant.EPOCH).setValidUntil(Instant.EPOCH)))
                .containsExactly("validUntil");
    }

    private static <T> List<T> with(List<T> some, T one) {
        List<T> more = new java.util.ArrayList<>(some);
        more.add(one);
        return more;
    }
}
