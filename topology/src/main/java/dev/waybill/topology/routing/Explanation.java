package dev.waybill.topology.routing;

import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Rule;
import java.util.List;

/// Where a request would go, and why.
///
/// @param rules      what each rule of the organization says, in the order of their evaluation; none is asked where the
///                   request names destinations
/// @param resolution what follows
/// @param routes     the first step of each route
public record Explanation(List<RuleFinding> rules, Resolution resolution, List<RouteFinding> routes) {

    public Explanation {
        rules = List.copyOf(rules);
        routes = List.copyOf(routes);
    }

    /// What a rule says of the request.
    ///
    /// @param inForce whether it is active and within its validity
    /// @param failed  its conditions that do not hold, by their names in a record
    /// @param decides whether it makes routes; one that matches does not where an earlier one decides alone
    public record RuleFinding(Rule rule, boolean inForce, List<String> failed, boolean decides) {
        public RuleFinding {
            failed = List.copyOf(failed);
        }

        public boolean matches() {
            return inForce && failed.isEmpty();
        }
    }

    /// What becomes of a route.
    ///
    /// @param route as it is resolved, with all its candidates
    /// @param step  how far it comes now; its trail says which candidates are passed over, and why
    public record RouteFinding(Route route, Step step) {}
}
