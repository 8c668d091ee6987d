package dev.waybill.bench.peer;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.PollContext;
import io.confluent.parallelconsumer.vertx.VertxParallelEoSStreamProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// parallel-consumer with Vert.x: unordered, commits in the background.
final class ParallelPeer implements AutoCloseable {

    private static final Duration RETRY_DELAY = Duration.ofSeconds(5);

    private final PeerSettings settings;
    private final Bookkeeping bookkeeping;
    private final WebClient web;
    private final VertxParallelEoSStreamProcessor<String, byte[]> processor;

    ParallelPeer(PeerSettings settings, Consumer<String, byte[]> consumer, Bookkeeping bookkeeping) {
        this.settings = settings;
        this.bookkeeping = bookkeeping;
        Vertx vertx = Vertx.vertx(new VertxOptions());
        this.web = WebClient.create(
                vertx,
                new WebClientOptions().setMaxPoolSize(settings.concurrency()).setKeepAliveTimeout(30));
        this.processor = new VertxParallelEoSStreamProcessor<>(
                vertx,
                web,
                ParallelConsumerOptions.<String, byte[]>builder()
                        .consumer(consumer)
                        .ordering(ProcessingOrder.UNORDERED)
                        .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
                        .maxConcurrency(settings.concurrency())
                        .retryDelayProvider(_ -> RETRY_DELAY)
                        .build());
    }

    void start() {
        processor.subscribe(List.of(settings.requests()));
        processor.vertxFuture(this::deliver);
    }

    private Future<?> deliver(PollContext<String, byte[]> context) {
        ConsumerRecord<String, byte[]> record = context.getSingleConsumerRecord();
        long start = System.nanoTime();
        return web.postAbs(settings.urls().get(record.key()))
                .putHeader("content-type", "application/json")
                .putHeader("webhook-id", Bookkeeping.id(record))
                .sendBuffer(Buffer.buffer(record.value()))
                .map(response -> {
                    if (response.statusCode() >= 300) {
                        throw new IllegalStateException("answered " + response.statusCode());
                    }
                    bookkeeping.delivered(record, response.statusCode(), start);
                    return response;
                });
    }

    @Override
    public void close() {
        processor.closeDontDrainFirst();
    }
}
