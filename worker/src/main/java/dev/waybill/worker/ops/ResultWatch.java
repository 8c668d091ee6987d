package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryResult;
import java.time.Duration;
import java.util.Optional;

/// Waits for results of single deliveries.
interface ResultWatch {

    /// Begins to watch; a result that is written from now on is seen.
    Expected expect(String deliveryId) throws InterruptedException;

    /// A result that is waited for.
    interface Expected extends AutoCloseable {

        /// The result, or nothing when it did not come in time.
        Optional<DeliveryResult> await(Duration patience) throws InterruptedException;

        @Override
        void close();
    }
}
