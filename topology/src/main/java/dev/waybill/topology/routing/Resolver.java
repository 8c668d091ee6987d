package dev.waybill.topology.routing;

import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.model.Target;
import dev.waybill.topology.policy.Reasons;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.ToIntFunction;

/// Turns a request into routes. The same request, configuration and time give the same routes.
public final class Resolver {

    /// The fates of all routes of a delivery are remembered until the last one has ended.
    public static final int ROUTES_MAX = 100;

    private Resolver() {}

    /// The routes to the named destinations or, where none is named, those of the rules that match.
    ///
    /// @param now the router's time
    public static Resolution resolve(Configuration configuration, Request request, Instant now) {
        Compliance compliance = configuration.compliance(request.organizationId());
        Optional<Compliance.Demand> broken = compliance.brokenHere();
        if (broken.isPresent()) {
            return violates(broken.get());
        }
        if (!request.destinations().isEmpty()) {
            return new Resolution.Routes(named(configuration, request));
        }
        String organization = request.organizationId();
        // No second route that begins at a destination where another one begins: the earlier rule says what follows.
        SequencedMap<String, Plan> plans = new LinkedHashMap<>();
        for (Rule rule : configuration.deciding(request, now)) {
            broken = compliance.brokenBy(rule);
            if (broken.isPresent()) {
                return violates(broken.get());
            }
            plans(rule, request)
                    .forEach(plan -> plans.putIfAbsent(plan.candidates().getFirst(), plan));
            if (plans.size() > ROUTES_MAX) {
                return new Resolution.Rejected(Reasons.TOO_MANY_ROUTES);
            }
        }
        if (!plans.isEmpty()) {
            return new Resolution.Routes(routes(plans.values()));
        }
        return configuration.knows(organization) ? new Resolution.Rejected(Reasons.NO_ROUTE) : new Resolution.Waits();
    }

    private static Resolution violates(Compliance.Demand broken) {
        return new Resolution.Rejected(Reasons.CONSTRAINT_VIOLATED + ": " + broken.name());
    }

    /// One route for each destination; one that is named twice, by id and by name even, is one destination.
    private static List<Route> named(Configuration configuration, Request request) {
        SequencedSet<String> distinct = new LinkedHashSet<>();
        for (String text : request.destinations()) {
            distinct.add(
                    switch (Lookup.of(configuration, request.organizationId(), text)) {
                        case Lookup.Found(var destination) -> destination.id().toString();
                        case Lookup.Foreign(), Lookup.Unknown() -> text;
                    });
        }
        List<Route> routes = new ArrayList<>();
        for (String candidate : distinct) {
            routes.add(Route.start(routes.size(), distinct.size(), null, List.of(candidate)));
        }
        return routes;
    }

    /// What one route will be.
    private record Plan(RuleRef rule, List<String> candidates) {}

    private static List<Plan> plans(Rule rule, Request request) {
        return switch (rule.selection()) {
            case Selection.All() ->
                rule.primary().stream()
                        .map(primary -> plan(rule, List.of(primary), rule.secondary(), rule.fallback()))
                        .toList();
            case Selection.Failover() -> List.of(plan(rule, rule.primary(), rule.secondary(), rule.fallback()));
            case Selection.Weighted() -> List.of(spread(rule, request.deliveryId(), Target::weight));
            case Selection.RoundRobin() -> List.of(spread(rule, request.deliveryId(), _ -> 1));
            case Selection.Sticky(Selection.Key key) -> {
                String value = key.of(request);
                yield List.of(spread(rule, value == null ? request.deliveryId() : value, Target::weight));
            }
        };
    }

    private static Plan spread(Rule rule, String key, ToIntFunction<Target> weight) {
        return plan(
                rule,
                Spread.order(key, rule.primary(), weight),
                Spread.order(key, rule.secondary(), weight),
                Spread.order(key, rule.fallback(), weight));
    }

    /// A destination that stands in several tiers is a candidate once, in the first of them.
    private static Plan plan(Rule rule, List<Target> primary, List<Target> secondary, List<Target> fallback) {
        SequencedSet<String> candidates = new LinkedHashSet<>();
        int primaries = add(candidates, primary);
        int secondaries = add(candidates, secondary);
        add(candidates, fallback);
        return new Plan(
                new RuleRef(rule.ruleId(), rule.version(), rule.selection().wireName(), primaries, secondaries),
                List.copyOf(candidates));
    }

    private static int add(SequencedSet<String> candidates, List<Target> tier) {
        int before = candidates.size();
        tier.forEach(target -> candidates.add(target.destinationId().toString()));
        return candidates.size() - before;
    }

    private static List<Route> routes(Collection<Plan> plans) {
        List<Route> routes = new ArrayList<>();
        plans.forEach(plan -> routes.add(Route.start(routes.size(), plans.size(), plan.rule(), plan.candidates())));
        return routes;
    }
}
