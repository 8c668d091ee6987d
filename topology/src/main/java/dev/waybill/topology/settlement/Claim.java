package dev.waybill.topology.settlement;

import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RuleChoice;
import dev.waybill.topology.model.TrailEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// That a route has taken a destination for itself, or joined another route. A route has one claim for every
/// destination it came to; the last one says where it stands.
///
/// @param route       number of the route
/// @param destination id of the destination it took; null where it joined
/// @param joined      number of the route it joined; null where it took a destination
/// @param attempts    attempts it had made when it joined
/// @param trail       candidates it had left behind when it joined
/// @param rule        why it wanted to go where it joined; null where it took a destination, or the request named it
public record Claim(
        int route,
        @Nullable String destination,
        @Nullable Integer joined,
        int attempts,
        List<TrailEntry> trail,
        @Nullable RuleChoice rule) {

    public Claim {
        trail = List.copyOf(trail);
    }

    static Claim on(int route, String destination) {
        return new Claim(route, destination, null, 0, List.of(), null);
    }

    static Claim join(Route route, int other) {
        return new Claim(route.number(), null, other, route.attempts(), route.trail(), route.choice());
    }
}
