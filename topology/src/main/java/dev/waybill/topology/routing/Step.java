package dev.waybill.topology.routing;

import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.settlement.OpenDelivery;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What becomes of a route now.
public sealed interface Step {

    /// The route after the step.
    Route route();

    /// What happened on the way, to be written before the step is taken.
    List<Event> events();

    /// The delivery of several routes after this step of one of them.
    default OpenDelivery of(OpenDelivery open, Instant now) {
        return switch (this) {
            case Send(Route route, Destination destination, List<Event> _) ->
                open.claim(route.number(), destination.id().toString());
            case Wait _ -> open;
            case Join(Route route, int other, List<Event> _) -> open.join(route, other, now);
            case End(Route _, Destination _, Fate fate, List<Event> _) -> open.settle(fate);
        };
    }

    /// The task goes to its destination's sink.
    record Send(Route route, Destination destination, List<Event> events) implements Step {
        public Send {
            events = List.copyOf(events);
        }
    }

    /// The task waits for one turn.
    ///
    /// @param destination the current candidate; null while it is not known
    record Wait(Route route, @Nullable Destination destination, RetryDelay delay, List<Event> events) implements Step {
        public Wait {
            events = List.copyOf(events);
        }
    }

    /// The route shares the fate of another one, which has its destination.
    record Join(Route route, int other, List<Event> events) implements Step {
        public Join {
            events = List.copyOf(events);
        }
    }

    /// The route is over.
    ///
    /// @param destination the last candidate, where it is known
    record End(Route route, @Nullable Destination destination, Fate fate, List<Event> events) implements Step {
        public End {
            events = List.copyOf(events);
        }
    }
}
