package dev.waybill.topology.routing;

import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.model.TrailEntry;
import dev.waybill.topology.policy.Reasons;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A route on its way along its candidates within one step, with the events it leaves behind.
final class Walk {

    private final Task task;
    private final Instant now;
    private final List<Event> events = new ArrayList<>();
    private Route route;

    Walk(Task task, Instant now) {
        this.task = task;
        this.now = now;
        this.route = task.route();
    }

    Route route() {
        return route;
    }

    Delivery delivery() {
        return task.delivery();
    }

    /// The destination the task came with, if the route still stands there.
    @Nullable
    Destination before() {
        Destination before = task.destination();
        return before != null && before.id().toString().equals(route.current()) ? before : null;
    }

    /// Goes on to the next candidate, because this one cannot be used.
    void passOver(String reason, @Nullable Destination destination) {
        if (destination != null) {
            event(Event.Type.SKIPPED, destination, RouteStatus.SKIPPED.wireName(), reason);
        }
        leave(reason);
    }

    /// Goes on to the next candidate without a trace in this one's row, which is another route's.
    void leave(String reason) {
        route = route.passOver(reason, now);
    }

    Step send(Destination destination) {
        arrive(destination, null);
        return new Step.Send(route, destination, events);
    }

    /// The destination is not to be tried before `due`.
    Step await(Destination destination, String reason, Instant due, RetryDelay turn) {
        route = route.postpone(due);
        arrive(destination, reason);
        return new Step.Wait(route, destination, turn, events);
    }

    /// The first sign of a delivery at a destination.
    private void arrive(Destination destination, @Nullable String reason) {
        boolean arrives = before() == null;
        route = route.resolved(destination.id().toString());
        if (arrives) {
            route = route.ranked();
            events.add(new Event(
                    Event.Type.QUEUED,
                    delivery(),
                    route,
                    route.routes(),
                    destination,
                    "queued",
                    "queued",
                    reason,
                    null,
                    0,
                    null,
                    route.dueAt(),
                    now));
        }
    }

    Step join(int other) {
        return new Step.Join(route, other, events);
    }

    Step endUnusable(String reason, @Nullable Destination destination) {
        return end(route.attempts() == 0 ? RouteStatus.REJECTED : RouteStatus.FAILED, reason, destination);
    }

    /// The last candidate was another route's, in vain: the route fails for the reason that brought it here, and the
    /// candidate's row stays as it is.
    Step endSpent() {
        List<TrailEntry> trail = route.trail();
        String reason = trail.isEmpty() ? Reasons.JOINED : trail.getLast().reason();
        return new Step.End(route, null, fate(RouteStatus.FAILED, reason, null), events);
    }

    Step end(RouteStatus status, String reason, @Nullable Destination destination) {
        if (destination != null) {
            event(Event.Type.SETTLED, destination, status.wireName(), reason);
        }
        return new Step.End(route, destination, fate(status, reason, destination), events);
    }

    private void event(Event.Type type, Destination destination, String status, String reason) {
        route = route.ranked();
        events.add(new Event(
                type,
                delivery(),
                route,
                route.routes(),
                destination,
                status,
                null,
                reason,
                null,
                route.attempt() - 1,
                null,
                null,
                now));
    }

    private Fate fate(RouteStatus status, String reason, @Nullable Destination destination) {
        LastFailure last = route.last();
        return new Fate(
                route.number(),
                status,
                reason,
                destination == null ? route.current() : destination.id().toString(),
                destination == null ? null : destination.kind(),
                route.attempts(),
                last,
                last == null ? null : last.responseCode(),
                false,
                null,
                route.choice(),
                route.trail(),
                now);
    }
}
