package dev.waybill.topology.routing;

import dev.waybill.topology.model.Condition;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.RetryPlan;
import dev.waybill.topology.routing.Explanation.RouteFinding;
import dev.waybill.topology.routing.Explanation.RuleFinding;
import dev.waybill.topology.settlement.OpenDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Resolves a request as the router does, with the code of the router, and says why; nothing is sent.
public final class Explainer {

    private final RetryPlan plan;
    private final Duration grace;

    /// An explainer of a router with these delays.
    public Explainer(RetryPlan plan, Duration grace) {
        this.plan = plan;
        this.grace = grace;
    }

    public Explanation explain(Configuration configuration, Delivery delivery, Instant now) {
        Request request = delivery.request();
        Resolution resolution = Resolver.resolve(configuration, request, now);
        List<RuleFinding> rules = request.destinations().isEmpty() ? rules(configuration, request, now) : List.of();
        return resolution instanceof Resolution.Routes(List<Route> routes)
                ? new Explanation(rules, resolution, steps(configuration, delivery, routes, now))
                : new Explanation(rules, resolution, List.of());
    }

    private static List<RuleFinding> rules(Configuration configuration, Request request, Instant now) {
        List<Rule> deciding = configuration.deciding(request, now);
        return configuration.rules(request.organizationId()).stream()
                .map(rule ->
                        new RuleFinding(rule, rule.isInForce(now), failed(rule, request, now), deciding.contains(rule)))
                .toList();
    }

    private static List<String> failed(Rule rule, Request request, Instant now) {
        return rule.conditions().stream()
                .filter(condition -> !condition.holds(request, now))
                .map(Condition::field)
                .toList();
    }

    /// As the router begins a delivery; with places of its own, so that nobody's place in a queue is taken.
    private List<RouteFinding> steps(Configuration configuration, Delivery delivery, List<Route> routes, Instant now) {
        Advance advance = new Advance(plan, grace);
        OpenDelivery open = routes.size() == 1 ? null : OpenDelivery.start(delivery, routes.size());
        List<RouteFinding> findings = new ArrayList<>();
        for (Route route : routes) {
            Step step = advance.step(configuration, new Task(delivery, route, null), open, now);
            findings.add(new RouteFinding(route, step));
            open = open == null ? null : step.of(open, now);
        }
        return findings;
    }
}
