package dev.waybill.worker.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// What goes into one transaction.
///
/// @param health how destinations are doing
record Batch(List<Ended> ended, List<ProducerRecord<String, byte[]>> health) {

    Batch {
        ended = List.copyOf(ended);
        health = List.copyOf(health);
    }

    List<ProducerRecord<String, byte[]>> records() {
        List<ProducerRecord<String, byte[]>> all = new ArrayList<>(health);
        ended.forEach(one -> all.addAll(one.records()));
        return all;
    }

    /// The ended offsets of each partition.
    Map<TopicPartition, Collection<Long>> offsets() {
        Map<TopicPartition, Collection<Long>> byPartition = new HashMap<>();
        for (Ended one : ended) {
            byPartition.computeIfAbsent(one.partition(), _ -> new ArrayList<>()).add(one.offset());
        }
        return byPartition;
    }
}
