package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.Change;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// Records that are projected in one transaction: what they say, and from where to where they reach in each partition.
///
/// A span starts where the last one ended, and not at its first record: offsets have gaps, of transactions' markers for
/// instance.
public record Batch(List<Item> items, Map<TopicPartition, Span> spans) {

    public Batch {
        items = List.copyOf(items);
        spans = Map.copyOf(spans);
    }

    /// What one record says. The time is the record's own.
    public record Item(TopicPartition partition, long offset, Instant recordedAt, Change change) {

        Item poisoned(String error) {
            return new Item(partition, offset, recordedAt, new Change.Poison(error));
        }
    }

    /// Offsets of a partition, `next` not included.
    public record Span(long start, long next) {}

    public int size() {
        return items.size();
    }

    /// The earlier and the later half. The later one goes on where the earlier one ends.
    List<Batch> halves() {
        List<Item> first = items.subList(0, items.size() / 2);
        List<Item> second = items.subList(items.size() / 2, items.size());
        var cuts = new HashMap<TopicPartition, Long>();
        second.forEach(item -> cuts.putIfAbsent(item.partition(), item.offset()));
        var before = new HashMap<TopicPartition, Span>();
        var after = new HashMap<TopicPartition, Span>();
        spans.forEach((partition, span) -> {
            Long cut = cuts.get(partition);
            if (cut == null) {
                before.put(partition, span);
            } else {
                before.put(partition, new Span(span.start(), cut));
                after.put(partition, new Span(cut, span.next()));
            }
        });
        return List.of(new Batch(first, before), new Batch(second, after));
    }

    /// The same with every record in quarantine.
    Batch poisoned(String error) {
        return new Batch(items.stream().map(item -> item.poisoned(error)).toList(), spans);
    }
}
