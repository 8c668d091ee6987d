package dev.waybill.topology.model;

import org.jspecify.annotations.Nullable;

/// Instruction to make one attempt on the current candidate of a route.
///
/// @param destination the current candidate; null while it is not known
/// @param health      how that was doing when the router sent the task; null if well
public record Task(
        Delivery delivery,
        Route route,
        @Nullable Destination destination,
        @Nullable Health health) {

    /// One that nobody sends to a sink just now.
    public Task(Delivery delivery, Route route, @Nullable Destination destination) {
        this(delivery, route, destination, null);
    }

    /// The same task further on, on its way to somebody who will look at the destination's health anew.

    public Task with(Route changed) {
        return new Task(delivery, changed, destination);
    }
}
