package dev.waybill.topology;

import dev.waybill.topology.codec.ReturnedRecord;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Result;
import dev.waybill.topology.model.ResultStatus;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Reasons;
import dev.waybill.topology.routing.Advance;
import dev.waybill.topology.routing.Configuration;
import dev.waybill.topology.routing.Resolution;
import dev.waybill.topology.routing.Resolver;
import dev.waybill.topology.routing.Step;
import dev.waybill.topology.settlement.OpenDelivery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries out what routing and settlement decide: writes the outcome and keeps the state. One record at a time;
/// whatever
/// is written and stored for it is in one transaction.
final class Dispatcher {

    private static final String CANCEL = "cancel";

    private final Configuration configuration;
    private final Advance advance;
    private final OpenDeliveries openDeliveries;
    private final SeenRequests seen;
    private final Outbox outbox;
    private final RouterMetrics metrics;
    private final RouterTracing tracing;

    Dispatcher(
            Configuration configuration,
            Advance advance,
            OpenDeliveries openDeliveries,
            SeenRequests seen,
            Outbox outbox,
            RouterMetrics metrics,
            RouterTracing tracing) {
        this.configuration = configuration;
        this.advance = advance;
        this.openDeliveries = openDeliveries;
        this.seen = seen;
        this.outbox = outbox;
        this.metrics = metrics;
        this.tracing = tracing;
    }

    /// Routes a request that was accepted, or that has waited until its organization is known.
    ///
    /// @param waiting how long it has waited
    void route(Incoming in, Delivery delivery, Route waiting) {
        switch (Resolver.resolve(configuration, delivery.request(), in.now())) {
            case Resolution.Rejected(String reason) -> reject(in, delivery, reason);
            case Resolution.Waits() -> {
                Step.Wait wait = advance.waitForOrganization(new Task(delivery, waiting, null), in.now());
                if (wait == null) {
                    reject(in, delivery, Reasons.NO_ROUTE);
                } else {
                    var stamp = stamp(in, delivery, waiting);
                    wait.events().forEach(event -> outbox.event(stamp, event));
                    outbox.wait(stamp, new Task(delivery, wait.route(), null), wait.delay());
                }
            }
            case Resolution.Routes(List<Route> routes) -> begin(in, delivery, routes);
        }
    }

    /// Takes up a task whose wait is over, or that goes on with its next candidate.
    void resume(Incoming in, Task task) {
        Delivery delivery = task.delivery();
        Route route = task.route();
        if (route.number() == Route.UNRESOLVED) {
            route(in, delivery, route);
            return;
        }
        var stamp = stamp(in, delivery, route);
        if (route.isOnlyRoute()) {
            take(in, stamp, task, null);
            return;
        }
        OpenDelivery open = openDeliveries.get(delivery.organizationId(), delivery.id());
        if (open == null || !open.isRunning(route.number())) {
            metrics.stale();
            return;
        }
        OpenDelivery after = take(in, stamp, task, open);
        if (after != null && !after.equals(open)) {
            store(stamp, after);
        }
    }

    /// One of several routes has ended at a sink.
    void settled(Incoming in, ReturnedRecord.Settled settled) {
        OpenDelivery open = openDeliveries.get(settled.organizationId(), settled.deliveryId());
        OpenDelivery after = open == null ? null : open.settle(settled.fate());
        if (after == null || after.equals(open)) {
            metrics.stale();
            return;
        }
        store(new Outbox.Stamp(in.headers(), in.now()), after);
    }

    /// Cancels what of a delivery of several routes has not been given to a sink when it comes by next. A delivery of
    /// one
    /// route leaves no state here, so its cancelling is not possible yet, and is counted.
    void command(ReturnedRecord.Command command) {
        OpenDelivery open = openDeliveries.get(command.organizationId(), command.deliveryId());
        if (open == null || !command.command().equals(CANCEL)) {
            metrics.stale();
            return;
        }
        openDeliveries.put(open.cancel());
    }

    /// Ends a delivery that was never routed.
    void reject(Incoming in, Delivery delivery, String reason) {
        finish(stamp(in, delivery, Route.unresolved()), Result.rejected(delivery, reason, in.now()));
    }

    /// Answers a request that repeats another delivery.
    void duplicate(Incoming in, Delivery delivery, String first) {
        metrics.duplicate();
        write(stamp(in, delivery, Route.unresolved()), Result.duplicate(delivery, first, in.now()));
    }

    private void begin(Incoming in, Delivery delivery, List<Route> routes) {
        var stamp = stamp(in, delivery, routes.getFirst());
        if (routes.size() == 1) {
            take(in, stamp, new Task(delivery, routes.getFirst(), null), null);
            return;
        }
        if (openDeliveries.get(delivery.organizationId(), delivery.id()) != null) {
            // The same delivery id under another idempotency key, while the first is under way: not a second delivery.
            metrics.repeated();
            return;
        }
        OpenDelivery open = OpenDelivery.start(delivery, routes.size());
        for (Route route : routes) {
            if (open.isRunning(route.number())) {
                OpenDelivery after = take(in, stamp, new Task(delivery, route, null), open);
                open = after == null ? open : after;
            }
        }
        store(stamp, open);
    }

    /// Takes one step of a route.
    ///
    /// @param open the delivery's state; null if this is its only route
    /// @return the state afterwards
    private @Nullable OpenDelivery take(Incoming in, Outbox.Stamp stamp, Task task, @Nullable OpenDelivery open) {
        Step step = advance.step(configuration, task, open, in.now());
        step.events().forEach(event -> outbox.event(stamp, event));
        switch (step) {
            case Step.Send send -> {
                Destination destination = send.destination();
                Health health = configuration.health(destination).orElse(null);
                outbox.task(stamp, new Task(task.delivery(), send.route(), destination, health), destination);
                metrics.queued(destination.kind());
            }
            case Step.Wait wait ->
                outbox.wait(stamp, new Task(task.delivery(), wait.route(), wait.destination()), wait.delay());
            case Step.Join _ -> {
                if (open == null) {
                    throw new IllegalStateException("the only route of a delivery has no other one to join");
                }
            }
            case Step.End end -> {
                Fate fate = end.fate();
                if (fate.status() == RouteStatus.FAILED && fate.attempts() > 0) {
                    outbox.deadTask(
                            stamp, in, new Task(task.delivery(), end.route(), end.destination()), fate.reason());
                }
                if (open == null) {
                    finish(stamp, Result.settled(task.delivery(), List.of(fate), in.now()));
                }
            }
        }
        return open == null ? null : step.of(open, in.now());
    }

    private void store(Outbox.Stamp stamp, OpenDelivery open) {
        if (open.isComplete()) {
            finish(stamp, open.result(stamp.now()));
            openDeliveries.remove(open);
        } else {
            openDeliveries.put(open);
        }
    }

    /// A rejected request may be sent again, corrected or not, under the same key.
    private void finish(Outbox.Stamp stamp, Result result) {
        if (result.status() == ResultStatus.REJECTED) {
            Delivery delivery = result.delivery();
            Request request = delivery.request();
            metrics.rejected(reasonCode(result.reason()));
            seen.forget(request.organizationId(), request.deduplicationKey(), delivery.id(), delivery.queuedAt());
        }
        write(stamp, result);
    }

    private void write(Outbox.Stamp stamp, Result result) {
        outbox.result(stamp, result);
        outbox.event(
                stamp,
                Event.ofDelivery(
                        result.delivery(),
                        result.routes().size(),
                        result.status(),
                        result.reason(),
                        result.duplicateOf(),
                        result.completedAt()));
    }

    /// A reason without its detail, which begins after a colon.
    private static String reasonCode(@Nullable String reason) {
        String text = reason == null ? "" : reason;
        int colon = text.indexOf(':');
        return colon < 0 ? text : text.substring(0, colon);
    }

    private Outbox.Stamp stamp(Incoming in, Delivery delivery, Route route) {
        RuleRef rule = route.rule();
        return new Outbox.Stamp(
                tracing.resolved(in.headers(), delivery, route.routes(), rule == null ? null : rule.ruleId(), in.now()),
                in.now());
    }
}
