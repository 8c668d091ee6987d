package dev.waybill.worker.telemetry;

import dev.waybill.schemas.Kind;
import dev.waybill.worker.delivery.LoopMetrics;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Counts what the loops tell; gauges are read when somebody asks.
public final class LoopCounters implements LoopMetrics {

    private static final List<Long> MEMBERS = List.of(1L, 2L, 5L, 10L, 20L, 50L, 100L, 200L);

    private static final double NANOS_PER_SECOND = 1e9;

    private final LongCounter overflows;
    private final LongCounter batchSplits;
    private final LongCounter trips;
    private final LongCounter disabled;
    private final LongCounter warned;
    private final LongCounter writtenOff;
    private final LongCounter poison;
    private final LongCounter written;
    private final LongCounter writeFailures;
    private final LongCounter forwarded;
    private final LongHistogram batchSize;
    private final DoubleHistogram lag;
    private final Map<Kind, Attributes> kinds = RouterCounters.kinds();
    private final Map<Kind, List<Supplier<Gauges>>> loops = new ConcurrentHashMap<>();

    public LoopCounters(Meter meter) {
        overflows = meter.counterBuilder(Names.OVERFLOWS)
                .setDescription("Tasks that went to a retry topic because their destination's lane was full")
                .build();
        batchSize = meter.histogramBuilder(Names.BATCH_SIZE)
                .ofLongs()
                .setDescription("Deliveries in one call, of destinations that take several")
                .setExplicitBucketBoundariesAdvice(MEMBERS)
                .build();
        batchSplits = meter.counterBuilder(Names.BATCH_SPLITS)
                .setDescription("Batches that were refused as a whole and went again in halves")
                .build();
        trips = meter.counterBuilder(Names.BREAKER_TRIPS)
                .setDescription("Times that the breaker of a destination opened")
                .build();
        disabled = meter.counterBuilder(Names.DISABLED)
                .setDescription("Destinations disabled because they are gone or have only failed for long")
                .build();
        warned = meter.counterBuilder(Names.WARNED)
                .setDescription(
                        "Warnings that a destination has come half, 70 or 90 per cent of the way to being disabled")
                .build();
        writtenOff = meter.counterBuilder(Names.WRITTEN_OFF)
                .setDescription("Attempts that ran beyond every bound and count as ambiguous")
                .build();
        poison = meter.counterBuilder(Names.POISON)
                .setDescription("Records that could not be read and went to the dead letters")
                .build();
        written = meter.counterBuilder(Names.WRITTEN)
                .setDescription("Outcomes committed")
                .build();
        writeFailures = meter.counterBuilder(Names.WRITE_FAILURES)
                .setDescription("Transactions that failed; their outcomes are written again")
                .build();
        forwarded = meter.counterBuilder(Names.FORWARDED)
                .setDescription("Due tasks moved from the retry topics back to the router")
                .build();
        lag = meter.histogramBuilder(Names.RETRY_LAG)
                .setDescription("How long after its due time a retry starts")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(AttemptCounters.SECONDS)
                .build();
        meter.gaugeBuilder(Names.IN_FLIGHT)
                .ofLongs()
                .setDescription("Attempts that run")
                .buildWithCallback(gauge -> sum(gauge, Gauges::inFlight));
        meter.gaugeBuilder(Names.ADMITTED)
                .ofLongs()
                .setDescription("Tasks admitted and not yet known to be committed: what a crash can repeat")
                .buildWithCallback(gauge -> sum(gauge, Gauges::admitted));
        meter.gaugeBuilder(Names.PAUSED)
                .ofLongs()
                .setDescription("Partitions that give no records for now")
                .buildWithCallback(gauge -> sum(gauge, Gauges::pausedPartitions));
        meter.gaugeBuilder(Names.SHUT)
                .ofLongs()
                .setDescription("Destinations with tasks here lately that are left alone for now")
                .buildWithCallback(gauge -> sum(gauge, Gauges::shutDestinations));
        meter.gaugeBuilder(Names.OLDEST_IN_FLIGHT)
                .setDescription("Age of the attempt that runs longest")
                .setUnit("s")
                .buildWithCallback(gauge -> oldest(gauge, Gauges::oldestInFlight));
        meter.gaugeBuilder(Names.OLDEST_ADMITTED)
                .setDescription(
                        "Age of the task that has been admitted for longest, which holds its partition's offset")
                .setUnit("s")
                .buildWithCallback(gauge -> oldest(gauge, Gauges::oldestAdmitted));
        meter.gaugeBuilder(Names.STUCK)
                .ofLongs()
                .setDescription("Attempts that were written off and whose threads have not come back")
                .buildWithCallback(gauge -> sum(gauge, Gauges::stuck));
    }

    private void sum(ObservableLongMeasurement gauge, ToLongFunction<Gauges> value) {
        loops.forEach((kind, all) ->
                gauge.record(all.stream().map(Supplier::get).mapToLong(value).sum(), attributes(kind)));
    }

    private void oldest(ObservableDoubleMeasurement gauge, Function<Gauges, Duration> age) {
        loops.forEach((kind, all) -> gauge.record(
                all.stream()
                        .map(Supplier::get)
                        .mapToDouble(read -> seconds(age.apply(read)))
                        .max()
                        .orElse(0),
                attributes(kind)));
    }

    @Override
    public void started(Kind kind, Supplier<Gauges> gauges) {
        loops.computeIfAbsent(kind, _ -> new CopyOnWriteArrayList<>()).add(gauges);
    }

    @Override
    public void stopped(Kind kind, Supplier<Gauges> gauges) {
        loops.computeIfPresent(kind, (_, all) -> {
            all.remove(gauges);
            return all;
        });
    }

    @Override
    public void attemptStuck(Kind kind) {
        writtenOff.add(1, attributes(kind));
    }

    @Override
    public void destinationWarned(Kind kind) {
        warned.add(1, attributes(kind));
    }

    @Override
    public void overflowed(Kind kind) {
        overflows.add(1, attributes(kind));
    }

    @Override
    public void breakerOpened(Kind kind) {
        trips.add(1, attributes(kind));
    }

    @Override
    public void destinationDisabled(Kind kind) {
        disabled.add(1, attributes(kind));
    }

    @Override
    public void poison(Kind kind) {
        poison.add(1, attributes(kind));
    }

    @Override
    public void lag(Kind kind, Duration late) {
        lag.record(seconds(late), attributes(kind));
    }

    @Override
    public void batch(Kind kind, int members) {
        batchSize.record(members, attributes(kind));
    }

    @Override
    public void batchSplit(Kind kind) {
        batchSplits.add(1, attributes(kind));
    }

    @Override
    public void written(Kind kind, int tasks) {
        written.add(tasks, attributes(kind));
    }

    @Override
    public void writeFailed(Kind kind) {
        writeFailures.add(1, attributes(kind));
    }

    @Override
    public void forwarded(int tasks) {
        forwarded.add(tasks);
    }

    private Attributes attributes(Kind kind) {
        return kinds.getOrDefault(kind, Attributes.empty());
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }
}
