package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.Models;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.policy.Reasons;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ResolverTest {

    private static final UUID A = Models.id("acme", "a");
    private static final UUID B = Models.id("acme", "b");
    private static final UUID C = Models.id("acme", "c");

    private final ConfigurationView view = new ConfigurationView();

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
        return switch (Resolver.resolve(view, request)) {
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

    private static List<UUID> some(RandomGenerator random, int min) {
        return random.ints(random.nextInt(min, 5), 0, 3)
                .mapToObj(i -> List.of(A, B, C).get(i))
                .toList();
    }
}
