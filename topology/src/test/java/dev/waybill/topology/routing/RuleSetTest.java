package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.Models;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Condition;
import dev.waybill.topology.model.Condition.TypePattern;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Requests;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Selection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The index finds what a look at every rule finds.
class RuleSetTest {

    private static final Instant NOW = Models.NOW;
    private static final List<String> TYPES = List.of("a", "a.b", "a.b.c", "a.c", "b", "b.c");
    private static final List<String> PATTERNS = List.of("a", "a.b", "a.*", "a.b.*", "b.*", "b.c", "c.*");
    private static final List<String> WORDS = List.of("x", "y", "z");

    @Test
    void findsWhatALookAtEveryRuleFinds() {
        Random random = new Random(7);
        for (int round = 0; round < 400; round++) {
            List<Rule> rules = new ArrayList<>();
            for (int i = 0; i < random.nextInt(30); i++) {
                rules.add(rule(random, "r" + i));
            }
            RuleSet set = RuleSet.of(rules);
            for (int i = 0; i < 50; i++) {
                Request request = request(random);
                assertThat(set.deciding(request, NOW))
                        .as("round %d: %s of %s", round, request, rules)
                        .isEqualTo(bySearch(rules, request));
            }
        }
    }

    @Test
    void looksAtAHandfulOfFiveThousandRules() {
        RuleSet many = RuleSet.of(ofSubjects(1_000));
        RuleSet few = RuleSet.of(ofSubjects(2));
        assertThat(many.all()).hasSize(5_000);
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            Request request = ofSubject(random.nextInt(1_000), random);
            assertThat(lookedAt(many, request)).as("%s", request).isLessThanOrEqualTo(5);
            assertThat(lookedAt(few, ofSubject(random.nextInt(2), random))).isLessThanOrEqualTo(5);
        }
    }

    /// Neither where all are of one type, as long as something else tells them apart.
    @Test
    void looksAtAHandfulOfFiveThousandRulesOfOneType() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            rules.add(rule(
                    "r" + i,
                    1,
                    List.of(type("a.b"), new Condition.Role(Set.of("x")), new Condition.AnyTag(Set.of("tag" + i)))));
        }
        RuleSet set = RuleSet.of(rules);
        Request request = Requests.request(
                "d", "a.b", Bytes.of(new byte[1]), "x", List.of("tag7", "tag4999"), Map.of("customer", "1"), null);
        assertThat(lookedAt(set, request)).isEqualTo(2);
        assertThat(set.deciding(request, NOW)).extracting(Rule::ruleId).containsExactly("r4999");
    }

    private static int lookedAt(RuleSet set, Request request) {
        return set.postings(request).stream().mapToInt(list -> list.length).sum();
    }

    /// Five rules for each subject.
    private static List<Rule> ofSubjects(int count) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String subject = "subject" + i;
            rules.add(rule(subject + "-role", 5, List.of(type(subject + ".created"), new Condition.Role(Set.of("x")))));
            rules.add(rule(
                    subject + "-tag", 4, List.of(type(subject + ".created"), new Condition.AnyTag(Set.of("y", "z")))));
            rules.add(rule(
                    subject + "-region",
                    3,
                    List.of(type(subject + ".*"), new Condition.Metadata(Map.of("region", "eu")))));
            rules.add(rule(
                    subject + "-not", 2, List.of(type(subject + ".deleted"), new Condition.NoTag(Set.of("test")))));
            rules.add(rule(subject + "-rest", 1, List.of(type(subject + ".*"))));
        }
        return rules;
    }

    private static Request ofSubject(int subject, Random random) {
        return Requests.request(
                "d",
                "subject" + subject + (random.nextBoolean() ? ".created" : ".deleted"),
                Bytes.of(new byte[1]),
                WORDS.get(random.nextInt(3)),
                List.copyOf(some(random, WORDS)),
                Map.of("region", "eu"),
                null);
    }

    private static Condition type(String pattern) {
        return new Condition.Type(List.of(new TypePattern(pattern)));
    }

    private static List<Rule> bySearch(List<Rule> rules, Request request) {
        List<Rule> deciding = new ArrayList<>();
        for (Rule rule : rules.stream().sorted(Rule.EVALUATION_ORDER).toList()) {
            if (rule.matches(request, NOW)) {
                deciding.add(rule);
                if (!rule.continues()) {
                    break;
                }
            }
        }
        return deciding;
    }

    private static Rule rule(Random random, String id) {
        List<Condition> conditions = new ArrayList<>();
        if (random.nextBoolean()) {
            conditions.add(new Condition.Type(
                    some(random, PATTERNS).stream().map(TypePattern::new).toList()));
        }
        if (random.nextInt(4) == 0) {
            conditions.add(new Condition.Role(some(random, WORDS)));
        }
        if (random.nextInt(4) == 0) {
            conditions.add(new Condition.AnyTag(some(random, WORDS)));
        }
        if (random.nextInt(4) == 0) {
            conditions.add(new Condition.AllTags(some(random, WORDS)));
        }
        if (random.nextInt(4) == 0) {
            conditions.add(new Condition.NoTag(some(random, WORDS)));
        }
        if (random.nextInt(4) == 0) {
            conditions.add(new Condition.Metadata(metadata(random)));
        }
        return rule(id, random.nextInt(5), random.nextInt(8) > 0, conditions, random.nextInt(3) == 0);
    }

    private static Rule rule(String id, int priority, List<Condition> conditions) {
        return rule(id, priority, true, conditions, false);
    }

    private static Rule rule(String id, int priority, boolean active, List<Condition> conditions, boolean continues) {
        return new Rule(
                "acme",
                id,
                id,
                priority,
                active,
                conditions,
                new Selection.All(),
                Models.targets(List.of(Models.id("acme", "a"))),
                List.of(),
                List.of(),
                continues,
                null,
                null,
                null,
                List.of(),
                1);
    }

    private static Request request(Random random) {
        return Requests.request(
                "d",
                TYPES.get(random.nextInt(TYPES.size())),
                Bytes.of(new byte[1]),
                random.nextBoolean() ? WORDS.get(random.nextInt(3)) : null,
                random.nextBoolean() ? List.copyOf(some(random, WORDS)) : List.of("x", "x"),
                random.nextBoolean() ? metadata(random) : Map.of(),
                null);
    }

    private static Set<String> some(Random random, List<String> of) {
        Set<String> some = new HashSet<>();
        for (int i = 0; i <= random.nextInt(2); i++) {
            some.add(of.get(random.nextInt(of.size())));
        }
        return some;
    }

    private static Map<String, String> metadata(Random random) {
        Map<String, String> metadata = new HashMap<>();
        some(random, WORDS).forEach(key -> metadata.put(key, WORDS.get(random.nextInt(3))));
        return metadata;
    }
}
