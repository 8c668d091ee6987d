package dev.waybill.topology.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.Models;
import dev.waybill.topology.model.Condition.TypePattern;
import dev.waybill.topology.policy.DeliveryHours;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {

    /// A Wednesday.
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "audit.report,    audit.report,       true",
        "audit.report,    audit.reports,      false",
        "audit.report,    audit,              false",
        "audit.*,         audit.report,       true",
        "audit.*,         audit.report.daily, true",
        "audit.*,         audit.,             true",
        "audit.*,         audit,              false",
        "audit.*,         auditor.report,     false",
        "audit.report.*,  audit.report,       false",
        "audit.report.*,  audit.report.daily, true"
    })
    void aPatternIsATypeOrAFamily(String pattern, String type, boolean holds) {
        assertThat(new Condition.Type(List.of(new TypePattern("other"), new TypePattern(pattern)))
                        .holds(Requests.ofType(type), NOW))
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"nurse, true", "doctor, true", "Doctor, false", "null, false"},
            nullValues = "null")
    void aRoleIsOneOfThose(String role, boolean holds) {
        assertThat(new Condition.Role(Set.of("doctor", "nurse")).holds(Requests.ofRole(role), NOW))
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                // tags; any of a, b; all of a, b; none of a, b
                "'',      false, false, true",
                "c,       false, false, true",
                "a,       true,  false, false",
                "b c,     true,  false, false",
                "a b,     true,  true,  false",
                "b c a a, true,  true,  false"
            })
    void tagsAreAnyAllOrNoneOfThose(String tags, boolean any, boolean all, boolean none) {
        Request request = Requests.ofTags(tags.isEmpty() ? List.of() : List.of(tags.split(" ")));
        Set<String> both = Set.of("a", "b");
        assertThat(new Condition.AnyTag(both).holds(request, NOW)).isEqualTo(any);
        assertThat(new Condition.AllTags(both).holds(request, NOW)).isEqualTo(all);
        assertThat(new Condition.NoTag(both).holds(request, NOW)).isEqualTo(none);
    }

    @Test
    void metadataHasEveryEntry() {
        Condition condition = new Condition.Metadata(Map.of("region", "eu", "tier", "gold"));
        assertThat(condition.holds(Requests.ofMetadata(Map.of("region", "eu", "tier", "gold", "x", "y")), NOW))
                .isTrue();
        assertThat(condition.holds(Requests.ofMetadata(Map.of("region", "eu")), NOW))
                .isFalse();
        assertThat(condition.holds(Requests.ofMetadata(Map.of("region", "eu", "tier", "Gold")), NOW))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"9, false", "10, true", "20, true", "21, false"})
    void aSizeIncludesBothEnds(int bytes, boolean holds) {
        assertThat(new Condition.Size(10, 20).holds(Requests.ofBytes(bytes), NOW))
                .isEqualTo(holds);
    }

    @Test
    void aPayloadByReferenceHasNoSize() {
        assertThat(new Condition.Size(0, Long.MAX_VALUE).holds(Requests.byReference(), NOW))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // Monday to Friday, 08:00 to 17:30 in Vienna, an hour ahead of UTC in winter and two in summer.
        "2026-11-25T06:59:59Z, false",
        "2026-11-25T07:00:00Z, true",
        "2026-11-25T16:29:59Z, true",
        "2026-11-25T16:30:00Z, false",
        "2026-07-15T05:59:59Z, false",
        "2026-07-15T06:00:00Z, true",
        "2026-11-28T12:00:00Z, false"
    })
    void aWindowIsByLocalTime(Instant time, boolean holds) {
        Set<DayOfWeek> weekdays = EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);
        assertThat(window(weekdays, "08:00", "17:30").holds(Requests.at(time), NOW))
                .isEqualTo(holds);
        assertThat(window(weekdays, "08:00", "17:30").holds(Requests.at(null), time))
                .as("the router's time, where the request has none")
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({
        // Of Friday, from 22:00 to 06:00 on Saturday.
        "2026-11-27T20:59:59Z, false",
        "2026-11-27T21:00:00Z, true",
        "2026-11-28T04:59:59Z, true",
        "2026-11-28T05:00:00Z, false",
        "2026-11-28T21:00:00Z, false",
        "2026-11-27T04:00:00Z, false"
    })
    void aWindowOverMidnightIsOfTheDayItBeginsOn(Instant time, boolean holds) {
        assertThat(window(Set.of(DayOfWeek.FRIDAY), "22:00", "06:00").holds(Requests.at(time), NOW))
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({
        // On 2026-03-29 at 02:00 it becomes 03:00 in Vienna: 02:30 is as much later, 03:30.
        "2026-03-29T00:59:59Z, 02:30, 05:00, false",
        "2026-03-29T01:29:59Z, 02:30, 05:00, false",
        "2026-03-29T01:30:00Z, 02:30, 05:00, true",
        "2026-03-29T02:59:59Z, 02:30, 05:00, true",
        "2026-03-29T03:00:00Z, 02:30, 05:00, false",
        // On 2026-10-25 at 03:00 it becomes 02:00 again: of 02:30 the first counts, as begin and as end.
        "2026-10-25T00:29:59Z, 02:30, 05:00, false",
        "2026-10-25T00:30:00Z, 02:30, 05:00, true",
        "2026-10-25T01:30:00Z, 02:30, 05:00, true",
        "2026-10-25T00:29:59Z, 01:00, 02:30, true",
        "2026-10-25T00:30:00Z, 01:00, 02:30, false",
        "2026-10-25T01:15:00Z, 01:00, 02:30, false"
    })
    void aWindowKnowsWhenClocksChange(Instant time, String start, String end, boolean holds) {
        assertThat(window(EnumSet.allOf(DayOfWeek.class), start, end).holds(Requests.at(time), NOW))
                .isEqualTo(holds);
    }

    @Test
    void aWholeDayLastsFromMidnightToMidnight() {
        Condition sunday = window(Set.of(DayOfWeek.SUNDAY), "00:00", "00:00");
        assertThat(sunday.holds(Requests.at(Instant.parse("2026-11-28T22:59:59Z")), NOW))
                .isFalse();
        assertThat(sunday.holds(Requests.at(Instant.parse("2026-11-28T23:00:00Z")), NOW))
                .isTrue();
        assertThat(sunday.holds(Requests.at(Instant.parse("2026-11-29T22:59:59Z")), NOW))
                .isTrue();
        assertThat(sunday.holds(Requests.at(Instant.parse("2026-11-29T23:00:00Z")), NOW))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-25T11:59:59Z, false",
        "2026-11-25T12:00:00Z, true",
        "2026-11-25T12:59:59Z, true",
        "2026-11-25T13:00:00Z, false"
    })
    void aRuleIsInForceFromAndUntil(Instant now, boolean inForce) {
        Rule always = Models.rule("r", 1, List.of(Models.id("acme", "a")), List.of());
        assertThat(valid(always, NOW, NOW.plusSeconds(3_600)).isInForce(now)).isEqualTo(inForce);
        assertThat(valid(always, null, null).isInForce(now)).isTrue();
    }

    private static Rule valid(Rule rule, @Nullable Instant from, @Nullable Instant until) {
        return new Rule(
                rule.organizationId(),
                rule.ruleId(),
                rule.name(),
                rule.priority(),
                true,
                rule.conditions(),
                rule.selection(),
                rule.primary(),
                rule.secondary(),
                rule.fallback(),
                false,
                from,
                until,
                null,
                List.of(),
                1);
    }

    private static Condition window(Set<DayOfWeek> days, String start, String end) {
        return new Condition.Windows(List.of(
                new DeliveryHours(days, LocalTime.parse(start), LocalTime.parse(end), ZoneId.of("Europe/Vienna"))));
    }
}
