package dev.waybill.topology.routing;

import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.policy.Reasons;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.UUID;

/// Turns a request into routes. The same request and configuration give the same routes.
public final class Resolver {

    private Resolver() {}

    /// The routes to the named destinations or, where none is named, those of the first rule that matches.
    public static Resolution resolve(Configuration configuration, Request request) {
        if (!request.destinations().isEmpty()) {
            return new Resolution.Routes(named(configuration, request));
        }
        String organization = request.organizationId();
        for (Rule rule : configuration.rules(organization)) {
            if (rule.matches(request)) {
                return new Resolution.Routes(byRule(rule));
            }
        }
        return configuration.knows(organization) ? new Resolution.Rejected(Reasons.NO_ROUTE) : new Resolution.Waits();
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

    /// One route for each primary, with the fallbacks behind it.
    private static List<Route> byRule(Rule rule) {
        SequencedSet<UUID> primaries = new LinkedHashSet<>(rule.primary());
        List<Route> routes = new ArrayList<>();
        for (UUID primary : primaries) {
            SequencedSet<String> candidates = new LinkedHashSet<>();
            candidates.add(primary.toString());
            rule.fallback().forEach(fallback -> candidates.add(fallback.toString()));
            routes.add(Route.start(routes.size(), primaries.size(), rule.ref(), List.copyOf(candidates)));
        }
        return routes;
    }
}
