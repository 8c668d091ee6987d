package dev.waybill.worker.delivery;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.topology.model.Task;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where each route of each delivery is: in exactly one place, until it has come to its one end.
///
/// ```
///   sent ──► among the tasks ──its outcome is committed──► waits for the router ──► sent again
///                    └───────────────────┴──────────────────────────┴──► ended
/// ```
final class RouteBook {

    private record RouteId(String delivery, int number) {
        static RouteId of(Task task) {
            return new RouteId(task.delivery().id(), task.route().number());
        }
    }

    private sealed interface Place {
        record Sent(TaskId task) implements Place {}

        record Waits() implements Place {}

        record Ended() implements Place {}
    }

    private record Candidate(RouteId route, String destination) {}

    private final Objections objections;
    private final Map<RouteId, Place> places = new HashMap<>();
    private final Map<TaskId, RouteId> tasks = new HashMap<>();
    private final Map<Candidate, Integer> charged = new HashMap<>();
    /// How many routes a delivery has.
    private final Map<String, Integer> routes = new HashMap<>();
    /// How many of them have ended.
    private final Map<String, Integer> ended = new HashMap<>();

    private int waiting;
    private int deliveries;

    RouteBook(Objections objections) {
        this.objections = objections;
    }

    /// The router writes a task.
    void sent(Task task, TaskId id) {
        RouteId route = RouteId.of(task);
        Place before = move(route, new Place.Sent(id));
        objections.check(
                before == null || before instanceof Place.Waits,
                () -> "%s is sent as %s although it is at %s".formatted(route, id, before));
        tasks.put(id, route);
        routes.put(route.delivery(), task.route().routes());
    }

    /// A task's outcome says that its route goes on.
    ///
    /// @param waits whether it does so in a retry topic
    void goesOn(TaskId from, Task task, boolean waits) {
        objections.check(
                !waits || task.route().dueAt() != null, () -> "%s waits, and nobody knows for what".formatted(from));
        leave(from, RouteId.of(task), new Place.Waits());
    }

    /// A task's outcome says that its route has ended.
    ///
    /// @return whether it was the delivery's last
    boolean ended(TaskId from, String delivery, int number) {
        RouteId route = new RouteId(delivery, number);
        leave(from, route, new Place.Ended());
        return end(route);
    }

    private void leave(TaskId from, RouteId route, Place to) {
        Place before = move(route, to);
        objections.check(
                new Place.Sent(from).equals(before),
                () -> "%s leaves %s for %s although it is at %s".formatted(route, from, to, before));
    }

    /// The router ends a route that waits for it.
    boolean ended(Task task) {
        RouteId route = RouteId.of(task);
        Place before = move(route, new Place.Ended());
        objections.check(
                before instanceof Place.Waits, () -> "the router ends %s, which is at %s".formatted(route, before));
        return end(route);
    }

    private @Nullable Place move(RouteId route, Place to) {
        Place before = places.put(route, to);
        waiting += (to instanceof Place.Waits ? 1 : 0) - (before instanceof Place.Waits ? 1 : 0);
        return before;
    }

    private boolean end(RouteId route) {
        int all = routes.getOrDefault(route.delivery(), 0);
        int count = ended.merge(route.delivery(), 1, Integer::sum);
        objections.check(count <= all, () -> "%s has ended %d routes".formatted(route.delivery(), count));
        deliveries += count == all ? 1 : 0;
        return count == all;
    }

    /// An attempt is told of.
    ///
    /// @param max how many of them one candidate may be charged with
    void told(DeliveryAttempt event, int max) {
        if (event.getOutcome() == null || event.getOutcome().equals("OurFault")) {
            return;
        }
        Candidate candidate = new Candidate(
                new RouteId(event.getDeliveryId(), event.getRoute()), String.valueOf(event.getDestinationId()));
        int count = charged.merge(candidate, 1, Integer::sum);
        objections.check(
                count <= max, () -> "%s is charged with %d attempts of at most %d".formatted(candidate, count, max));
        objections.check(
                event.getAttempt() == count,
                () -> "attempt %d of %s calls itself %d".formatted(count, candidate, event.getAttempt()));
    }

    /// An outcome is committed: wherever its route goes on, it is not where it was.
    void left(TaskId task) {
        RouteId route = tasks.get(task);
        if (route != null) {
            objections.check(
                    !new Place.Sent(task).equals(places.get(route)),
                    () -> "%s has an outcome, and %s is nowhere".formatted(task, route));
        }
    }

    /// Routes that wait for the router.
    int waiting() {
        return waiting;
    }

    /// Deliveries of which every route has ended.
    int deliveries() {
        return deliveries;
    }
}
