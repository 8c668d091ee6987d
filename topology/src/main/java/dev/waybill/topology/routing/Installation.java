package dev.waybill.topology.routing;

import dev.waybill.topology.model.Destination;
import java.util.function.Predicate;

/// What constraints ask of the worker itself, which no record says.
///
/// @param isEncrypted      whether nothing that is sent to a destination can be read on its way; it throws nothing
/// @param logRetentionDays how long rows of deliveries are kept
public record Installation(Predicate<Destination> isEncrypted, int logRetentionDays) {

    /// One that meets no constraint on itself, for where there is none.
    public static Installation unknown() {
        return new Installation(_ -> false, 0);
    }
}
