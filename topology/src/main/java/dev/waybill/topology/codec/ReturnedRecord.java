package dev.waybill.topology.codec;

import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.Task;

/// What comes back to the router.
public sealed interface ReturnedRecord {

    /// A task whose wait is over, or that goes on with its next candidate.
    record DueTask(Task task) implements ReturnedRecord {}

    /// One of several routes of a delivery has ended.
    record Settled(String deliveryId, String organizationId, Fate fate) implements ReturnedRecord {}

    /// An operator's command.
    record Command(String command, String deliveryId, String organizationId) implements ReturnedRecord {}
}
