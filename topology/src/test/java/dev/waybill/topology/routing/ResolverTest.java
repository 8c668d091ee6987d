package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.Models;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Requests;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.model.Target;
import dev.waybill.topology.policy.Reasons;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResolverTest {

    private static final UUID A = Models.id("acme", "a");
    private static final UUID B = Models.id("acme", "b");
    private static final UUID C = Models.id("acme", "c");
    private static final UUID D = Models.id("acme", "d");

    private final ConfigurationView view = new ConfigurationView(Installation.unknown());

    private void know(String... names) {
        for (String name : names) {
            var destination = Models.destination("acme", name, true);
            view.put("acme/" + destination.id(), destination);
        }
    }

    private void rule(String id, int priority, List<UUID> primary, List<UUID> fallback, String... types) {
        view.put("acme/" + id, Models.rule(id, priority, primary, fallback, types));
    }

    private List<List<String>> candidates(Request request) {
        return switch (Resolver.resolve(view, request, Models.NOW)) {
            case Resolution.Routes(List<Route> routes) ->
                routes.stream().map(Route::candidates).toList();
            case Resolution.Rejected(String reason) -> List.of(List.of(reason));
            case Resolution.Waits() -> List.of();
        };
    }

    @Test
    void eachNamedDestinationIsARouteAndNamedTwiceIsNamedOnce() {
        know("a", "b");
        assertThat(candidates(Models.request(
                        "a", B.toString(), A.toString(), "x", "x", B.toString().toUpperCase(java.util.Locale.ROOT))))
                .containsExactly(List.of(A.toString()), List.of(B.toString()), List.of("x"));
    }

    @Test
    void aNameThatLooksLikeAnIdIsFoundAsAName() {
        var odd = Models.destination("acme", UUID.randomUUID().toString(), true);
        view.put("acme/" + odd.id(), odd);
        assertThat(Lookup.of(view, "acme", odd.name())).isEqualTo(new Lookup.Found(odd));
        assertThat(Lookup.of(view, "globex", odd.id().toString())).isEqualTo(new Lookup.Foreign());
        assertThat(Lookup.of(view, "globex", odd.name())).isEqualTo(new Lookup.Unknown());
        assertThat(Lookup.of(view, "acme", "1-1-1-1-1")).isEqualTo(new Lookup.Unknown());
    }

    @Test
    void eachPrimaryIsARouteWithTheFallbacksBehindIt() {
        rule("r", 1, List.of(A, B, A), List.of(B, C, C));
        assertThat(candidates(Models.request()))
                .containsExactly(
                        List.of(A.toString(), B.toString(), C.toString()), List.of(B.toString(), C.toString()));
    }

    @Test
    void theFirstRuleThatMatchesDecides() {
        rule("other", 9, List.of(A), List.of(), "invoice.*", "audit.reports");
        rule("exact", 5, List.of(B), List.of(), "audit.report");
        rule("family", 7, List.of(C), List.of(), "audit.*");
        assertThat(candidates(Models.request())).containsExactly(List.of(C.toString()));
        view.removeRule("acme/family");
        assertThat(candidates(Models.request())).containsExactly(List.of(B.toString()));
        view.removeRule("acme/exact");
        assertThat(candidates(Models.request())).containsExactly(List.of(Reasons.NO_ROUTE));
        view.removeRule("acme/other");
        assertThat(candidates(Models.request())).isEmpty();
    }

    @Test
    void theSameInputGivesTheSameRoutesAndNoDestinationTwiceInOne() {
        for (long seed = 0; seed < 500; seed++) {
            RandomGenerator random = new Random(seed);
            know("a", "b", "c");
            rule("r" + random.nextInt(3), random.nextInt(5), some(random, 1), some(random, 0));
            Request request = random.nextBoolean()
                    ? Models.request()
                    : Models.request(
                            some(random, 1).stream().map(UUID::toString).toArray(String[]::new));
            List<List<String>> first = candidates(request);
            assertThat(candidates(request)).as("seed %d", seed).isEqualTo(first);
            assertThat(first)
                    .as("seed %d", seed)
                    .allSatisfy(route -> assertThat(route).doesNotHaveDuplicates());
            assertThat(first.stream().map(List::getFirst)).as("seed %d", seed).doesNotHaveDuplicates();
        }
    }

    @Test
    void allMakesARouteOfEachPrimaryWithTheLaterTiersBehindIt() {
        put(rule("r", 1, new Selection.All(), List.of(A, B), List.of(C), List.of(D)));
        assertThat(routes(Models.request()))
                .containsExactly(
                        route(0, 2, new RuleRef("r", 1, "all", 1, 1), A, C, D),
                        route(1, 2, new RuleRef("r", 1, "all", 1, 1), B, C, D));
    }

    @Test
    void failoverMakesOneRouteInTheOrderOfTheRule() {
        put(rule("r", 1, new Selection.Failover(), List.of(C, A), List.of(D), List.of(B)));
        assertThat(routes(Models.request()))
                .containsExactly(route(0, 1, new RuleRef("r", 1, "failover", 2, 1), C, A, D, B));
    }

    @Test
    void loadBalancingDrawsAnOrderOfEachTierFromTheDeliveryId() {
        List<Target> primary = List.of(new Target(A, 3), new Target(B, 1));
        List<Target> secondary = List.of(new Target(C, 1), new Target(D, 1));
        put(Models.rule("r", 1, new Selection.Weighted(), primary, secondary, List.of()));
        Map<UUID, Integer> first = new HashMap<>();
        Map<UUID, Integer> third = new HashMap<>();
        for (int i = 0; i < 4_000; i++) {
            Request request = Requests.withId("d-" + i, Map.of());
            List<Route> routes = routes(request);
            assertThat(routes).hasSize(1).isEqualTo(routes(request));
            List<String> candidates = routes.getFirst().candidates();
            assertThat(candidates.subList(0, 2)).containsExactlyInAnyOrder(A.toString(), B.toString());
            assertThat(candidates.subList(2, 4)).containsExactlyInAnyOrder(C.toString(), D.toString());
            first.merge(UUID.fromString(candidates.getFirst()), 1, Integer::sum);
            third.merge(UUID.fromString(candidates.get(2)), 1, Integer::sum);
        }
        assertThat(first.get(A)).isBetween(2_860, 3_140);
        assertThat(third.get(C)).isBetween(1_840, 2_160);
    }

    @Test
    void roundRobinTakesNoNoteOfWeights() {
        List<Target> primary = List.of(new Target(A, 1_000), new Target(B, 1));
        put(Models.rule("r", 1, new Selection.RoundRobin(), primary, List.of(), List.of()));
        long toA = IntStream.range(0, 4_000)
                .filter(i -> first(Requests.withId("d-" + i, Map.of())).equals(A.toString()))
                .count();
        assertThat(toA).isBetween(1_840L, 2_160L);
    }

    @Test
    void stickyKeepsWhatHasTheSameKeyTogetherAndSpreadsTheRest() {
        List<Target> primary = Models.targets(List.of(A, B, C));
        put(Models.rule(
                "r", 1, new Selection.Sticky(new Selection.Key("metadata.patient")), primary, List.of(), List.of()));
        Set<String> all = new HashSet<>();
        for (int patient = 0; patient < 100; patient++) {
            Set<String> its = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                its.add(first(Requests.withId("d-" + patient + "-" + i, Map.of("patient", "p" + patient))));
            }
            assertThat(its).hasSize(1);
            all.addAll(its);
        }
        assertThat(all).hasSize(3);
        assertThat(IntStream.range(0, 100)
                        .mapToObj(i -> first(Requests.withId("d-" + i, Map.of())))
                        .distinct())
                .hasSize(3);
    }

    @Test
    void aRuleThatContinuesAddsItsRoutesToThoseOfTheNext() {
        put(continuing(rule("archive", 9, new Selection.All(), List.of(A), List.of(), List.of())));
        put(rule("main", 5, new Selection.Failover(), List.of(B, A), List.of(), List.of()));
        put(rule("never", 1, new Selection.All(), List.of(C), List.of(), List.of()));
        assertThat(routes(Models.request()))
                .extracting(Route::rule)
                .extracting(RuleRef::ruleId)
                .containsExactly("archive", "main");
        assertThat(candidates(Models.request()))
                .containsExactly(List.of(A.toString()), List.of(B.toString(), A.toString()));
        view.removeRule("acme/main");
        view.removeRule("acme/never");
        assertThat(candidates(Models.request())).containsExactly(List.of(A.toString()));
    }

    @Test
    void noTwoRoutesBeginAtOneDestination() {
        put(continuing(rule("first", 9, new Selection.All(), List.of(A), List.of(), List.of(C))));
        put(rule("second", 5, new Selection.All(), List.of(B, A), List.of(), List.of(D)));
        assertThat(routes(Models.request()))
                .containsExactly(
                        route(0, 2, new RuleRef("first", 1, "all", 1, 0), A, C),
                        route(1, 2, new RuleRef("second", 1, "all", 1, 0), B, D));
    }

    @Test
    void moreRoutesThanADeliveryMayHaveAreNone() {
        for (int i = 0; i < Resolver.ROUTES_MAX; i++) {
            put(continuing(rule("r" + i, 9, new Selection.All(), List.of(UUID.randomUUID()), List.of(), List.of())));
        }
        assertThat(routes(Models.request())).hasSize(Resolver.ROUTES_MAX);
        put(rule("last", 1, new Selection.All(), List.of(UUID.randomUUID()), List.of(), List.of()));
        assertThat(Resolver.resolve(view, Models.request(), Models.NOW))
                .isEqualTo(new Resolution.Rejected(Reasons.TOO_MANY_ROUTES));
    }

    @Test
    void whatIsMadeOnceIsCountedOnce() {
        for (int i = 0; i <= Resolver.ROUTES_MAX; i++) {
            put(continuing(rule("r" + i, 9, new Selection.All(), List.of(A, B), List.of(), List.of())));
        }
        assertThat(routes(Models.request())).hasSize(2);
    }

    private static Rule rule(
            String id,
            int priority,
            Selection selection,
            List<UUID> primary,
            List<UUID> secondary,
            List<UUID> fallback) {
        return Models.rule(
                id, priority, selection, Models.targets(primary), Models.targets(secondary), Models.targets(fallback));
    }

    private static Rule continuing(Rule rule) {
        return new Rule(
                rule.organizationId(),
                rule.ruleId(),
                rule.name(),
                rule.priority(),
                rule.active(),
                rule.conditions(),
                rule.selection(),
                rule.primary(),
                rule.secondary(),
                rule.fallback(),
                true,
                null,
                null,
                null,
                List.of(),
                rule.version());
    }

    private void put(Rule rule) {
        view.put("acme/" + rule.ruleId(), rule);
    }

    private List<Route> routes(Request request) {
        return Resolver.resolve(view, request, Models.NOW) instanceof Resolution.Routes(List<Route> routes)
                ? routes
                : List.of();
    }

    private String first(Request request) {
        return routes(request).getFirst().current();
    }

    private static Route route(int number, int routes, RuleRef rule, UUID... candidates) {
        return Route.start(
                number,
                routes,
                rule,
                Arrays.stream(candidates).map(UUID::toString).toList());
    }

    private static List<UUID> some(RandomGenerator random, int min) {
        return random.ints(random.nextInt(min, 5), 0, 3)
                .mapToObj(i -> List.of(A, B, C).get(i))
                .toList();
    }
}
