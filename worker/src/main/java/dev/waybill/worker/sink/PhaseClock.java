package dev.waybill.worker.sink;

import dev.waybill.topology.model.AttemptReport.Phases;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Measures the phases of one attempt as they happen. Used by one thread.
public final class PhaseClock {

    private final long start = System.nanoTime();
    private @Nullable Duration dns;
    private @Nullable Duration connect;
    private @Nullable Duration tls;
    private @Nullable Duration firstByte;

    public void dns(long since) {
        dns = since(since);
    }

    public void connect(long since) {
        connect = since(since);
    }

    public void tls(long since) {
        tls = since(since);
    }

    public void firstByte(long since) {
        firstByte = since(since);
    }

    public Duration elapsed() {
        return since(start);
    }

    /// What has been measured, the total ending now.
    public Phases phases() {
        return new Phases(dns, connect, tls, firstByte, elapsed());
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
