package dev.waybill.worker.delivery;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// What an admitted task ended with here: the records to write, in the same transaction as its offset.
///
/// @param epoch   the assignment under which it was admitted
/// @param records what to write; never empty for an attempt
record Ended(TopicPartition partition, int epoch, long offset, List<ProducerRecord<String, byte[]>> records) {

    Ended {
        records = List.copyOf(records);
    }
}
