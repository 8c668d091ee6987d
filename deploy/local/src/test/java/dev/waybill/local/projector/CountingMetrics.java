package dev.waybill.local.projector;

import dev.waybill.worker.projector.ProjectorMetrics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Adds up what projectors report.
final class CountingMetrics implements ProjectorMetrics {

    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger quarantined = new AtomicInteger();
    private final AtomicLong writing = new AtomicLong();

    int batches() {
        return batches.get();
    }

    int quarantined() {
        return quarantined.get();
    }

    /// Time between handing a batch over and noticing that it is written.
    Duration writing() {
        return Duration.ofNanos(writing.get());
    }

    @Override
    public void projected(int records, int rows, Duration took) {
        batches.incrementAndGet();
        writing.addAndGet(took.toNanos());
        System.out.println(records + " records, " + rows + " rows in " + took.toMillis() + " ms");
    }

    @Override
    public void discarded(int records) {}

    @Override
    public void refused(int claims) {}

    @Override
    public void expired(int events) {}

    @Override
    public void quarantined(int records) {
        quarantined.addAndGet(records);
    }

    @Override
    public void unavailable(String what) {}

    @Override
    public void lag(String topic, int partition, long records) {}
}
