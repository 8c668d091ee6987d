package dev.waybill.topology.routing;

import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decisions;
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
///   candidate taken by another route ──► join it
///   otherwise ──► send
/// ```
public final class Advance {

    private final RetryPlan plan;
    private final int graceTurns;

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
            Verdict verdict = judge(configuration, walk, open);
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
            }
        }
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

    private Verdict judge(Configuration configuration, Walk walk, @Nullable OpenDelivery open) {
        Route route = walk.route();
        String organization = walk.delivery().organizationId();
        return switch (Lookup.of(configuration, organization, route.current())) {
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
                    case OpenDelivery.Holder.Nobody() ->
                        found.enabled()
                                ? new Verdict.Go(found)
                                : new Verdict.Unusable(Reasons.DISABLED_DESTINATION, found);
                };
            }
        };
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

        /// @param destination where it is the organization's, even if deleted by now
        record Unusable(String reason, @Nullable Destination destination) implements Verdict {}
    }
}
