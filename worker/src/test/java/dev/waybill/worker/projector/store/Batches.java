package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// Batches as if read from one partition of a log.
final class Batches {

    static final TopicPartition ATTEMPTS = new TopicPartition("delivery.attempts", 0);
    static final TopicPartition DESTINATIONS = new TopicPartition("delivery.destinations", 0);

    private Batches() {}

    static Batch of(TopicPartition partition, long start, List<? extends Change> changes) {
        var items = new ArrayList<Batch.Item>();
        for (Change change : changes) {
            items.add(new Batch.Item(partition, start + items.size(), Instant.parse("2026-11-02T12:00:00Z"), change));
        }
        return new Batch(items, Map.of(partition, new Batch.Span(start, start + items.size())));
    }
}
