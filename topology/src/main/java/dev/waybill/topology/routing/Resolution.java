package dev.waybill.topology.routing;

import dev.waybill.topology.model.Route;
import java.util.List;

/// Which routes a request has.
public sealed interface Resolution {

    /// At least one route. Whether their candidates can be used is decided when each is [advanced][Advance].
    record Routes(List<Route> routes) implements Resolution {
        public Routes {
            routes = List.copyOf(routes);
        }
    }

    /// None, whatever happens next.
    record Rejected(String reason) implements Resolution {}

    /// Nothing is known of the organization yet; perhaps its configuration is on its way.
    record Waits() implements Resolution {}
}
