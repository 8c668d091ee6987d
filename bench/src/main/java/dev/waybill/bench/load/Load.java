package dev.waybill.bench.load;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The application that asks for deliveries.
public final class Load implements AutoCloseable {

    private static final long LOOK_NANOS = 1_000_000;

    /// After this without a single receipt something is broken; longer than the longest first retry.
    private static final Duration STALLED = Duration.ofSeconds(60);

    private final Producer<String, byte[]> producer;

    public Load(String bootstrapServers) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "linger.ms",
                        2,
                        "batch.size",
                        128 << 10,
                        "buffer.memory",
                        64L << 20),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /// Sends until the bounds are reached, and waits until all of it was received.
    public void send(Run run, Requests requests, Pace pace, Pace.Bounds bounds) {
        sendOnly(run, requests, pace, bounds);
        awaitReceipts(run);
    }

    /// Sends until the bounds are reached.
    public void sendOnly(Run run, Requests requests, Pace pace, Pace.Bounds bounds) {
        long start = System.nanoTime();
        while (run.sent() < bounds.deliveries()
                && System.nanoTime() - start < bounds.time().toNanos()) {
            hold(run, pace, start);
            int number = run.next();
            var _ = producer.send(requests.of(run.id(number), number));
        }
        producer.flush();
    }

    private static void hold(Run run, Pace pace, long start) {
        switch (pace) {
            case Pace.Saturating(int outstanding) -> {
                while (run.sent() - run.receipts().accepted() >= outstanding) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
            }
            case Pace.Steady(double perSecond) -> {
                long at = start + (long) (run.sent() / perSecond * 1e9);
                while (at - System.nanoTime() > 0) {
                    LockSupport.parkNanos(at - System.nanoTime());
                }
            }
        }
    }

    /// Waits until all that was sent was received.
    public static void awaitReceipts(Run run) {
        long last = -1;
        long progressAt = System.nanoTime();
        while (run.receipts().accepted() < run.sent()) {
            long now = run.receipts().accepted();
            if (now > last) {
                last = now;
                progressAt = System.nanoTime();
            } else if (System.nanoTime() - progressAt > STALLED.toNanos()) {
                throw new IllegalStateException(
                        "%s: only %d of %d deliveries arrived".formatted(run.name(), now, run.sent()));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
