package dev.waybill.topology.settlement;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.Result;
import dev.waybill.topology.model.Route;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A delivery of several routes that is under way.
///
/// ```
///   open ──claim, join, settle──► open ──the last route settles──► complete: its one result is written
/// ```
///
/// A destination belongs to the route that claimed it first, for good: no destination gets a payload twice. A route
/// joins only one that stands where it wants to go, and a route that joined stands nowhere, so joins form no circle.
///
/// @param delivery without its payload once it was read back
/// @param routes   number of routes
/// @param fates    of the routes that have ended
/// @param claims   in the order they were made
public record OpenDelivery(Delivery delivery, int routes, List<Fate> fates, List<Claim> claims, boolean cancelled) {

    public OpenDelivery {
        fates = List.copyOf(fates);
        claims = List.copyOf(claims);
    }

    public static OpenDelivery start(Delivery delivery, int routes) {
        return new OpenDelivery(delivery, routes, List.of(), List.of(), false);
    }

    /// Whether the route is still to be ended by its own tasks: not settled, and not waiting for another one's fate.
    public boolean isRunning(int route) {
        return route >= 0 && route < routes && fateOf(route) == null && joinedBy(route) == null;
    }

    /// Who holds a destination, seen by a route that wants to go there.
    public Holder holder(int route, String destination) {
        for (Claim claim : claims) {
            if (destination.equals(claim.destination()) && claim.route() != route) {
                return holder(claim.route(), fateOf(claim.route()), destination);
            }
        }
        return new Holder.Nobody();
    }

    private Holder holder(int owner, @Nullable Fate fate, String destination) {
        boolean standsThere = destination.equals(standing(owner));
        if (standsThere && (fate == null || isDelivered(fate))) {
            return new Holder.Taken(owner);
        }
        return new Holder.Spent(owner);
    }

    public OpenDelivery claim(int route, String destination) {
        return destination.equals(standing(route)) ? this : with(Claim.on(route, destination));
    }

    /// The route ends as the other one ends, or has ended.
    public OpenDelivery join(Route route, int other, Instant now) {
        Claim claim = Claim.join(route, other);
        OpenDelivery joined = with(claim);
        Fate fate = fateOf(other);
        return fate == null ? joined : joined.settle(shared(claim, fate, now));
    }

    /// The route has ended, and with it those that joined it. A route ends once: what comes later is ignored.
    public OpenDelivery settle(Fate fate) {
        int route = fate.route();
        if (route < 0 || route >= routes || fateOf(route) != null) {
            return this;
        }
        List<Fate> more = new ArrayList<>(fates);
        more.add(fate);
        OpenDelivery settled = new OpenDelivery(delivery, routes, more, claims, cancelled);
        for (Claim claim : claims) {
            if (Objects.equals(claim.joined(), route)) {
                settled = settled.settle(shared(claim, fate, fate.settledAt()));
            }
        }
        return settled;
    }

    public OpenDelivery cancel() {
        return new OpenDelivery(delivery, routes, fates, claims, true);
    }

    public boolean isComplete() {
        return fates.size() == routes;
    }

    /// The one result, once complete.
    public Result result(Instant now) {
        if (!isComplete()) {
            throw new IllegalStateException(fates.size() + " of " + routes + " routes have ended");
        }
        return Result.settled(
                delivery,
                fates.stream().sorted(Comparator.comparingInt(Fate::route)).toList(),
                now);
    }

    /// How the route ended; null while it has not.
    public @Nullable Fate fateOf(int route) {
        for (Fate fate : fates) {
            if (fate.route() == route) {
                return fate;
            }
        }
        return null;
    }

    private static boolean isDelivered(Fate fate) {
        return switch (fate.status()) {
            case DELIVERED -> true;
            case FAILED, REJECTED, SKIPPED, EXPIRED, CANCELLED -> false;
        };
    }

    private OpenDelivery with(Claim claim) {
        List<Claim> more = new ArrayList<>(claims);
        more.add(claim);
        return new OpenDelivery(delivery, routes, fates, more, cancelled);
    }

    /// The destination a route has come to; null before its first one and after it joined another route.
    private @Nullable String standing(int route) {
        Claim last = lastClaim(route);
        return last == null ? null : last.destination();
    }

    private @Nullable Integer joinedBy(int route) {
        Claim last = lastClaim(route);
        return last == null ? null : last.joined();
    }

    private @Nullable Claim lastClaim(int route) {
        Claim last = null;
        for (Claim claim : claims) {
            if (claim.route() == route) {
                last = claim;
            }
        }
        return last;
    }

    private static Fate shared(Claim claim, Fate other, Instant now) {
        return new Fate(
                claim.route(),
                other.status(),
                other.reason(),
                other.destination(),
                other.kind(),
                claim.attempts(),
                other.last(),
                other.responseCode(),
                !claim.trail().isEmpty(),
                other.route(),
                claim.rule(),
                claim.trail(),
                now);
    }

    /// Who holds a destination.
    public sealed interface Holder {

        /// It is free, or the asking route's own.
        record Nobody() implements Holder {}

        /// Another route stands there, or has delivered there: join it.
        record Taken(int route) implements Holder {}

        /// Another route was there in vain: do not try again.
        record Spent(int route) implements Holder {}
    }
}
