package dev.waybill.bench.load;

import org.apache.kafka.clients.producer.ProducerRecord;

/// How a system under test wants to be asked.
@FunctionalInterface
public interface Requests {

    /// Asks for one delivery.
    ///
    /// @param id     of the delivery
    /// @param number of the delivery, from which customer and payload follow
    ProducerRecord<String, byte[]> of(String id, int number);
}
