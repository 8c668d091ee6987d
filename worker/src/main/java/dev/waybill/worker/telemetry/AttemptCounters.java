package dev.waybill.worker.telemetry;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Outcome;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts attempts.
public final class AttemptCounters {

    /// From a local file to the longest attempt that a policy allows.
    static final List<Double> SECONDS =
            List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0);

    private static final List<Long> BYTES = List.of(256L, 1_024L, 4_096L, 16_384L, 65_536L, 262_144L, 1_048_576L);

    private record Labels(String kind, String provider, String outcome, String category) {}

    private final LongCounter attempts;
    private final DoubleHistogram duration;
    private final LongHistogram size;
    /// Bounded by kinds, providers, outcomes and categories, all of them few and fixed.
    private final Map<Labels, Attributes> attributes = new ConcurrentHashMap<>();

    public AttemptCounters(Meter meter) {
        attempts = meter.counterBuilder(Names.ATTEMPTS)
                .setDescription("Attempts that ended")
                .build();
        duration = meter.histogramBuilder(Names.ATTEMPT_DURATION)
                .setDescription("Time an attempt took")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(SECONDS)
                .build();
        size = meter.histogramBuilder(Names.PAYLOAD_SIZE)
                .ofLongs()
                .setDescription("Size of the payloads of attempts")
                .setUnit("By")
                .setExplicitBucketBoundariesAdvice(BYTES)
                .build();
    }

    void ended(Task task, Destination destination, AttemptReport report) {
        String category = report.outcome() instanceof Outcome.Failed failed
                ? failed.fault().category().wireName()
                : "";
        Attributes labels = attributes.computeIfAbsent(
                new Labels(destination.kind().wireName(), destination.provider(), outcome(report), category),
                AttemptCounters::build);
        attempts.add(1, labels);
        duration.record(LoopCounters.seconds(report.phases().total()), labels);
        size.record(task.delivery().payloadSize(), labels);
    }

    private static Attributes build(Labels labels) {
        AttributesBuilder builder = Attributes.builder()
                .put(Names.KIND, labels.kind())
                .put(Names.PROVIDER, labels.provider())
                .put(Names.OUTCOME, labels.outcome());
        if (!labels.category().isEmpty()) {
            builder.put(Names.ERROR_CATEGORY, labels.category());
        }
        return builder.build();
    }

    static String outcome(AttemptReport report) {
        return switch (report.outcome()) {
            case Outcome.Delivered _ -> "delivered";
            case Outcome.OurFault _ -> "our_fault";
            case Outcome.Failed failed -> failed.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }
}
