package dev.waybill.worker.projector;

import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.store.Batch;
import dev.waybill.worker.projector.store.Batch.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/// A batch that grows until it is written. Events of one delivery that meet in a batch become one row, written once; a
/// row that is written as queued and again as delivered costs the database twice as much.
///
/// How long it grows follows from how long the last one took to write: a database with little to do gets rows at once,
/// a busy one gets fewer and larger batches.
final class Gathering {

    /// So that the database is busy for at most a fifth of the time as long as there is little to do.
    static final int GATHER_PER_WRITE = 4;

    private final int recordsMax;
    private final Duration gatherMax;
    private final ProjectorTracing tracing;

    private List<Batch.Item> items = new ArrayList<>();
    private List<ProjectorTracing.Event> traced = new ArrayList<>();
    private final Map<TopicPartition, Span> spans = new HashMap<>();
    private Duration gather = Duration.ZERO;
    private long since;

    /// Makes an empty one.
    ///
    /// @param recordsMax records at which it is full
    /// @param gatherMax how long a record waits for others at most
    Gathering(int recordsMax, Duration gatherMax, ProjectorTracing tracing) {
        this.recordsMax = recordsMax;
        this.gatherMax = gatherMax;
        this.tracing = tracing;
    }

    /// What is written together, and the traces it carries on.
    record Gathered(Batch batch, List<ProjectorTracing.Event> traced) {}

    /// Takes what one record says.
    void add(Batch.Item item, Headers headers) {
        items.add(item);
        if (item.change() instanceof DeliveryEvent event && tracing.follows(headers)) {
            traced.add(new ProjectorTracing.Event(headers, event));
        }
    }

    /// A partition has been read on, from where it was read to before.
    ///
    /// @param now by [System#nanoTime]
    void reached(TopicPartition partition, long start, long next, long now) {
        if (spans.isEmpty()) {
            since = now;
        }
        Span span = spans.get(partition);
        spans.put(partition, new Span(span == null ? start : span.start(), next));
    }

    boolean isEmpty() {
        return spans.isEmpty();
    }

    boolean isFull() {
        return items.size() >= recordsMax;
    }

    /// How long it may still grow; nothing once it is to be written.
    Duration left(long now) {
        return isFull() ? Duration.ZERO : gather.minusNanos(now - since);
    }

    /// The last batch has been written.
    void written(Duration took) {
        Duration wanted = took.multipliedBy(GATHER_PER_WRITE);
        gather = wanted.compareTo(gatherMax) < 0 ? wanted : gatherMax;
    }

    /// All of it; what follows is the next batch.
    Gathered take() {
        Gathered taken = new Gathered(new Batch(items, spans), traced);
        clear();
        return taken;
    }

    /// Others will read these partitions.
    void forget(Collection<TopicPartition> partitions) {
        if (spans.keySet().removeAll(partitions)) {
            items.removeIf(item -> !spans.containsKey(item.partition()));
            traced.clear();
        }
    }

    void clear() {
        items = new ArrayList<>();
        traced = new ArrayList<>();
        spans.clear();
    }
}
