package dev.waybill.worker.projector;

import dev.waybill.worker.projector.store.Batch;
import dev.waybill.worker.projector.store.Projected;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// A batch that is being written by another thread.
record Write(Batch batch, ProjectorTracing.Passage passage, Future<Projected> outcome, long since) {

    Write(Batch batch, ProjectorTracing.Passage passage, Future<Projected> outcome) {
        this(batch, passage, outcome, System.nanoTime());
    }

    boolean isDone() {
        return outcome.isDone();
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /// Waits for the outcome. A write that takes longer is interrupted; then nobody knows whether it was committed, and
    /// the offsets in the database will tell.
    Projected await(Duration patience) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return outcome.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            outcome.cancel(true);
            throw e;
        }
    }

    Map<TopicPartition, OffsetAndMetadata> committed() {
        var committed = new HashMap<TopicPartition, OffsetAndMetadata>();
        batch.spans().forEach((partition, span) -> committed.put(partition, new OffsetAndMetadata(span.next())));
        return committed;
    }
}
