package dev.waybill.topology.routing;

import dev.waybill.topology.model.Condition;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rules of one organization, indexed: a request is compared only with rules that share a *mark* with it (a payload
/// type or a family of them, a role, a tag, a metadata entry), and with those that have none.
///
/// Each rule is found under the marks of one of its conditions: the one whose marks the fewest rules have, so that a
/// thousand rules of one payload type are still told apart by what else they ask for.
final class RuleSet {

    static final RuleSet EMPTY = new RuleSet(List.of());

    /// In the order of their evaluation.
    private final List<Rule> rules;

    /// Indexes of rules, ascending, by mark.
    private final Map<String, int[]> marked;

    private final int[] unmarked;

    private RuleSet(List<Rule> rules) {
        this.rules = rules;
        Map<String, Integer> frequency = new HashMap<>();
        for (Rule rule : rules) {
            alternatives(rule).forEach(marks -> marks.forEach(mark -> frequency.merge(mark, 1, Integer::sum)));
        }
        Map<String, List<Integer>> under = new HashMap<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            Optional<Set<String>> marks = alternatives(rules.get(i))
                    .min(Comparator.comparingInt(
                            some -> some.stream().mapToInt(frequency::get).sum()));
            if (marks.isEmpty()) {
                others.add(i);
            } else {
                for (String mark : marks.get()) {
                    under.computeIfAbsent(mark, _ -> new ArrayList<>()).add(i);
                }
            }
        }
        this.marked = under.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> ints(entry.getValue())));
        this.unmarked = ints(others);
    }

    static RuleSet of(Collection<Rule> rules) {
        return new RuleSet(rules.stream().sorted(Rule.EVALUATION_ORDER).toList());
    }

    /// All of them, in the order of their evaluation.
    List<Rule> all() {
        return rules;
    }

    /// The rules that make a request's routes: those that match, in order, up to the first that does not continue.
    List<Rule> deciding(Request request, Instant now) {
        List<int[]> found = postings(request);
        int[] next = new int[found.size()];
        List<Rule> deciding = new ArrayList<>(1);
        for (int rule = least(found, next); rule >= 0; rule = least(found, next)) {
            Rule one = rules.get(rule);
            if (one.matches(request, now)) {
                deciding.add(one);
                if (!one.continues()) {
                    break;
                }
            }
        }
        return deciding;
    }

    /// Takes the least of the numbers that come next, out of every list that has it; -1 after the last one.
    private static int least(List<int[]> lists, int[] next) {
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < next.length; i++) {
            int[] list = lists.get(i);
            if (next[i] < list.length && list[next[i]] < least) {
                least = list[next[i]];
            }
        }
        if (least == Integer.MAX_VALUE) {
            return -1;
        }
        for (int i = 0; i < next.length; i++) {
            int[] list = lists.get(i);
            if (next[i] < list.length && list[next[i]] == least) {
                next[i]++;
            }
        }
        return least;
    }

    /// The rules that the request is compared with, at most: ascending indexes, of each mark it has.
    List<int[]> postings(Request request) {
        List<int[]> postings = new ArrayList<>();
        add(postings, unmarked);
        if (!marked.isEmpty()) {
            String type = request.payload().type();
            find(postings, ofType(type));
            for (int dot = type.indexOf('.'); dot >= 0; dot = type.indexOf('.', dot + 1)) {
                find(postings, ofFamily(type.substring(0, dot + 1)));
            }
            if (request.userRole() != null) {
                find(postings, ofRole(request.userRole()));
            }
            request.tags().forEach(tag -> find(postings, ofTag(tag)));
            request.metadata().forEach((key, value) -> find(postings, ofMetadata(key, value)));
        }
        return postings;
    }

    private void find(List<int[]> postings, String mark) {
        add(postings, marked.get(mark));
    }

    private static void add(List<int[]> postings, int @Nullable [] some) {
        if (some != null && some.length > 0) {
            postings.add(some);
        }
    }

    /// For each condition that can be looked up, marks of which a request has one if the condition holds.
    private static Stream<Set<String>> alternatives(Rule rule) {
        return rule.conditions().stream().map(RuleSet::marks).filter(marks -> !marks.isEmpty());
    }

    private static Set<String> marks(Condition condition) {
        return switch (condition) {
            case Condition.Type(List<Condition.TypePattern> patterns) ->
                patterns.stream()
                        .map(pattern -> pattern.isFamily() ? ofFamily(pattern.prefix()) : ofType(pattern.text()))
                        .collect(Collectors.toSet());
            case Condition.Role(Set<String> roles) ->
                roles.stream().map(RuleSet::ofRole).collect(Collectors.toSet());
            case Condition.AnyTag(Set<String> tags) ->
                tags.stream().map(RuleSet::ofTag).collect(Collectors.toSet());
            // One that must be there is enough to find the rule by.
            case Condition.AllTags(Set<String> tags) ->
                tags.stream().sorted().limit(1).map(RuleSet::ofTag).collect(Collectors.toSet());
            case Condition.Metadata(Map<String, String> entries) ->
                entries.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .limit(1)
                        .map(entry -> ofMetadata(entry.getKey(), entry.getValue()))
                        .collect(Collectors.toSet());
            case Condition.NoTag _, Condition.Size _, Condition.Windows _ -> new HashSet<>();
        };
    }

    private static String ofType(String type) {
        return "type " + type;
    }

    private static String ofFamily(String prefix) {
        return "family " + prefix;
    }

    private static String ofRole(String role) {
        return "role " + role;
    }

    private static String ofTag(String tag) {
        return "tag " + tag;
    }

    private static String ofMetadata(String key, String value) {
        return "metadata " + key.length() + " " + key + value;
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
