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
        return new Rule(
                "acme",
                id,
                id,
                random.nextInt(5),
                random.nextInt(8) > 0,
                conditions,
                new Selection.All(),
                Models.targets(List.of(Models.id("acme", "a"))),
                List.of(),
                List.of(),
                random.nextInt(3) == 0,
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
