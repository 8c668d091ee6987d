package dev.waybill.worker.telemetry;

import dev.waybill.worker.projector.ProjectorMetrics;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts what the projector tells.
public final class ProjectorCounters implements ProjectorMetrics {

    private static final Attributes WRITTEN = Attributes.of(Names.OUTCOME, "projected");
    private static final Attributes DISCARDED = Attributes.of(Names.OUTCOME, "discarded");
    private static final Attributes EXPIRED = Attributes.of(Names.OUTCOME, "expired");
    private static final Attributes QUARANTINED = Attributes.of(Names.OUTCOME, "quarantined");

    private record Source(String topic, int partition) {}

    private final LongCounter records;
    private final LongCounter rows;
    private final LongCounter refused;
    private final LongCounter waits;
    private final DoubleHistogram duration;
    private final Map<Source, Long> lags = new ConcurrentHashMap<>();

    public ProjectorCounters(Meter meter) {
        records = meter.counterBuilder(Names.PROJECTED)
                .setDescription("Records read by the projector, by what became of them")
                .build();
        rows = meter.counterBuilder(Names.PROJECTOR_ROWS)
                .setDescription("Rows written")
                .build();
        refused = meter.counterBuilder(Names.PROJECTOR_REFUSED)
                .setDescription("Claims on destinations that belong to another organization")
                .build();
        waits = meter.counterBuilder(Names.PROJECTOR_WAITS)
                .setDescription("Times the projector had to wait for something that was away")
                .build();
        duration = meter.histogramBuilder(Names.PROJECTOR_BATCH)
                .setDescription("Time to write a batch")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(AttemptCounters.SECONDS)
                .build();
        meter.gaugeBuilder(Names.PROJECTOR_LAG)
                .ofLongs()
                .setDescription("Records that are not projected yet")
                .buildWithCallback(gauge -> lags.forEach((source, lag) -> gauge.record(
                        lag, Attributes.of(Names.TOPIC, source.topic(), Names.PARTITION, (long) source.partition()))));
    }

    @Override
    public void projected(int read, int written, Duration took) {
        records.add(read, WRITTEN);
        rows.add(written);
        duration.record(LoopCounters.seconds(took));
    }

    @Override
    public void discarded(int read) {
        records.add(read, DISCARDED);
    }

    @Override
    public void refused(int claims) {
        refused.add(claims);
    }

    @Override
    public void expired(int events) {
        records.add(events, EXPIRED);
    }

    @Override
    public void quarantined(int read) {
        records.add(read, QUARANTINED);
    }

    @Override
    public void unavailable(String what) {
        waits.add(1, Attributes.of(Names.DEPENDENCY, what));
    }

    @Override
    public void lag(String topic, int partition, long behind) {
        lags.put(new Source(topic, partition), behind);
    }
}
