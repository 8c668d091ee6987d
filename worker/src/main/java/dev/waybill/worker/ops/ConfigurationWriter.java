package dev.waybill.worker.ops;

/// Writes to the configuration topics.
interface ConfigurationWriter {

    /// Writes one record and waits until every in-sync replica has it.
    ///
    /// @return its offset in the topic's only partition
    /// @throws org.apache.kafka.common.KafkaException if it was not written, or it is not known whether it was
    long write(Change change);
}
