package dev.waybill.worker.ops;

import java.util.Optional;

/// Finds what became of a delivery.
@FunctionalInterface
public interface DeliveryLookup {

    /// The delivery with its routes and attempts, as records that are shown field by field.
    ///
    /// @throws UnavailableException if it cannot be found out now
    Optional<? extends Record> find(String organization, String deliveryId);
}
