package dev.waybill.topology.routing;

import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decisions;
import dev.waybill.topology.policy.DeliveryHours;
import dev.waybill.topology.policy.Reasons;
import dev.waybill.topology.policy.RetryPlan;
import dev.waybill.topology.settlement.OpenDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes a route as far as it can go now, by the configuration as it is now.
///
/// ```
///   the delivery is over? ──► end
///   not due for a while?  ──► wait
///   candidate unknown, foreign, disabled or spent ──► the next one; none left ──► end
///   candidate's breaker open, or outside its hours ──► a later one that takes it now; none ──► wait
///   candidate taken by another route ──► join it
///   otherwise ──► send
/// ```
public final class Advance {

    private final RetryPlan plan;
    private final int graceTurns;
    private final WaitingPlaces places = new WaitingPlaces();

    /// Plans waits in the given retry topics.
    ///
    /// @param grace how long an unknown destination or organization is waited for; counted in turns through the
    ///              shortest
    ///              retry topic, so that no clock need agree with another
    public Advance(RetryPlan plan, Duration grace) {
        this.plan = plan;
        this.graceTurns =
                (int) Math.ceilDiv(grace.toMillis(), plan.shortest().delay().toMillis());
    }

    /// One step of a route.
    ///
    /// @param task          the route, with the destination it stood at; none where it comes to a new one
    /// @param open          what the delivery's other routes did; null where there are none
    public Step step(Configuration configuration, Task task, @Nullable OpenDelivery open, Instant now) {
        Walk walk = new Walk(task, now);
        Destination before = walk.before();
        if (open != null && open.cancelled()) {
            return walk.end(RouteStatus.CANCELLED, Reasons.CANCELLED, before);
        }
        if (before != null && isOver(task.delivery(), before, now)) {
            return walk.end(RouteStatus.EXPIRED, Reasons.EXPIRED, before);
        }
        Optional<RetryDelay> wait = untilDue(task.route(), now);
        if (wait.isPresent()) {
            return new Step.Wait(task.route(), task.destination(), wait.get(), List.of());
        }
        while (true) {
            Verdict verdict = judge(configuration, walk, walk.route().candidate(), open, now);
            switch (verdict) {
                case Verdict.Go(var destination) -> {
                    return isOver(task.delivery(), destination, now)
                            ? walk.end(RouteStatus.EXPIRED, Reasons.EXPIRED, destination)
                            : walk.send(destination);
                }
                case Verdict.Join(var other) -> {
                    return walk.join(other);
                }
                case Verdict.NotYet() -> {
                    return waitTurn(task.delivery(), walk.route(), now);
                }
                case Verdict.Spent() -> {
                    if (!walk.route().hasNext()) {
                        return walk.endSpent();
                    }
                    walk.leave(Reasons.JOINED);
                }
                case Verdict.Unusable(var reason, var destination) -> {
                    if (!walk.route().hasNext()) {
                        return walk.endUnusable(reason, destination);
                    }
                    walk.passOver(reason, destination);
                }
                case Verdict.Away away -> {
                    Optional<Verdict.Away> first = firstBack(configuration, walk, away, open, now);
                    if (first.isPresent()) {
                        return await(walk, away, first.get(), now);
                    }
                    walk.passOver(away.reason(), away.destination());
                }
            }
        }
    }

    /// Of the current candidate and those after it the one that is back first; none if one of them takes the delivery
    /// now.
    private Optional<Verdict.Away> firstBack(
            Configuration configuration, Walk walk, Verdict.Away current, @Nullable OpenDelivery open, Instant now) {
        Verdict.Away first = current;
        for (int next = walk.route().candidate() + 1;
                next < walk.route().candidates().size();
                next++) {
            switch (judge(configuration, walk, next, open, now)) {
                case Verdict.Go _, Verdict.Join _ -> {
                    return Optional.empty();
                }
                case Verdict.Away other -> first = other.until().isBefore(first.until()) ? other : first;
                case Verdict.NotYet _, Verdict.Spent _, Verdict.Unusable _ -> {}
            }
        }
        return Optional.of(first);
    }

    /// The route stays where it is: once the wait is over, all that remain are looked at again. At least one turn, so
    /// that what others still have to hear of is heard of; at most to the end of the delivery.
    private Step await(Walk walk, Verdict.Away current, Verdict.Away first, Instant now) {
        Instant place = places.next(first.destination(), first.until(), now);
        Instant end = Decisions.endOf(walk.delivery(), current.destination().policy());
        Instant soonest = now.plus(plan.shortest().delay());
        Instant wanted = place.isBefore(end) ? place : end;
        Instant due = plan.roundUp(now, wanted.isBefore(soonest) ? soonest : wanted);
        RetryDelay turn = plan.next(Duration.between(now, due)).orElse(plan.shortest());
        return walk.await(current.destination(), current.reason(), due, turn);
    }

    /// A request whose organization is unknown, after one more turn; null once the grace is used up.
    public Step.@Nullable Wait waitForOrganization(Task task, Instant now) {
        return task.route().turns() < graceTurns ? waitTurn(task.delivery(), task.route(), now) : null;
    }

    /// One turn through the shortest retry topic. The first one is the delivery's first sign of life.
    private Step.Wait waitTurn(Delivery delivery, Route route, Instant now) {
        RetryDelay delay = plan.shortest();
        return new Step.Wait(
                route.waitTurn(now.plus(delay.delay())),
                null,
                delay,
                route.turns() == 0 ? List.of(Event.opened(delivery, route.routes(), now)) : List.of());
    }

    /// The topic to wait in; none if the task is due, or so soon that its lane waits out the rest.
    private Optional<RetryDelay> untilDue(Route route, Instant now) {
        Instant due = route.dueAt();
        return due == null ? Optional.empty() : plan.next(Duration.between(now, due));
    }

    private static boolean isOver(Delivery delivery, Destination destination, Instant now) {
        return !now.isBefore(Decisions.endOf(delivery, destination.policy()));
    }

    private Verdict judge(
            Configuration configuration, Walk walk, int candidate, @Nullable OpenDelivery open, Instant now) {
        Route route = walk.route();
        String organization = walk.delivery().organizationId();
        return switch (Lookup.of(configuration, organization, route.candidates().get(candidate))) {
            case Lookup.Foreign() -> new Verdict.Unusable(Reasons.FOREIGN_DESTINATION, null);
            case Lookup.Unknown() ->
                mayWait(walk) ? new Verdict.NotYet() : new Verdict.Unusable(Reasons.UNKNOWN_DESTINATION, walk.before());
            case Lookup.Found(Destination found) -> {
                OpenDelivery.Holder holder = open == null
                        ? new OpenDelivery.Holder.Nobody()
                        : open.holder(route.number(), found.id().toString());
                yield switch (holder) {
                    case OpenDelivery.Holder.Taken(int other) -> new Verdict.Join(other);
                    case OpenDelivery.Holder.Spent _ -> new Verdict.Spent();
                    case OpenDelivery.Holder.Nobody() -> availability(configuration, found, now);
                };
            }
        };
    }

    private static Verdict availability(Configuration configuration, Destination destination, Instant now) {
        Health health = configuration.health(destination).orElse(null);
        if (!destination.enabled()) {
            return new Verdict.Unusable(Reasons.DISABLED_DESTINATION, destination);
        }
        if (health != null && health.isDisabled()) {
            return new Verdict.Unusable(Reasons.DISABLED_DESTINATION + ": " + health.disabledReason(), destination);
        }
        Optional<Compliance.Demand> broken =
                configuration.compliance(destination.organizationId()).brokenBy(destination);
        if (broken.isPresent()) {
            return new Verdict.Unusable(
                    Reasons.CONSTRAINT_VIOLATED + ": " + broken.get().name(), destination);
        }
        Instant openUntil = health == null ? null : health.openUntil();
        if (openUntil != null && now.isBefore(openUntil)) {
            return new Verdict.Away(openUntil, Reasons.BREAKER_OPEN, destination);
        }
        DeliveryHours hours = destination.policy().hours();
        return hours == null || hours.isOpen(now)
                ? new Verdict.Go(destination)
                : new Verdict.Away(hours.nextOpening(now), Reasons.OUTSIDE_HOURS, destination);
    }

    /// Only what a request names is waited for: a rule is stored after the destinations it names.
    private boolean mayWait(Walk walk) {
        Route route = walk.route();
        return route.rule() == null && route.attempts() == 0 && route.turns() < graceTurns && walk.before() == null;
    }

    /// What the current candidate is good for.
    private sealed interface Verdict {
        record Go(Destination destination) implements Verdict {}

        record Join(int other) implements Verdict {}

        record NotYet() implements Verdict {}

        record Spent() implements Verdict {}

        /// It takes deliveries again from a known time on.
        record Away(Instant until, String reason, Destination destination) implements Verdict {}

        /// @param destination where it is the organization's, even if deleted by now
        record Unusable(String reason, @Nullable Destination destination) implements Verdict {}
    }
}
