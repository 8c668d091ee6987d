package dev.waybill.topology.model;

import org.jspecify.annotations.Nullable;

/// Instruction to make one attempt on the current candidate of a route.
///
/// @param destination the current candidate; null while it is not known
public record Task(Delivery delivery, Route route, @Nullable Destination destination) {

    public Task with(Route changed) {
        return new Task(delivery, changed, destination);
    }
}
