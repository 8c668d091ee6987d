package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryRequest;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;

/// Writes delivery requests.
interface RequestWriter {

    /// Writes one request and waits until every in-sync replica has it.
    ///
    /// @throws org.apache.kafka.common.KafkaException if it was not written, or it is not known whether it was
    RecordMetadata request(String topic, DeliveryRequest request, Iterable<Header> headers);
}
