package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.report.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A fixed load of healthy deliveries, undisturbed and disturbed in turn, so that what drifts with time favours
/// neither.
final class Pairs {

    static final List<String> COLUMNS = List.of("half", "disturbed by", "deliveries", "p50 / p95 / p99 ms to receipt");

    private static final Behaviour HEALTHY = new Behaviour.Accept(0, 0);
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /// The throughput is needed to load half of it, not to be told: enough for the JIT, and the pairs must end.
    private static final Duration WARM_UP_MAX = Duration.ofSeconds(30);

    private static final Duration MEASURED_MAX = Duration.ofSeconds(15);

    /// At the load of the pairs before the first of them: for nearly as long after the change from a full pipeline to a
    /// half empty one, p99 is three times what it is later, disturbed or not.
    private static final Duration SETTLED_AFTER = Duration.ofSeconds(30);

    private static int halves;

    private final TestBed bed;
    private final Load load;
    private final Waybill waybill;
    private final Options options;
    private final Report report;
    private final int pairs;

    Pairs(TestBed bed, Load load, Waybill waybill, Options options, Report report, int pairs) {
        this.bed = bed;
        this.load = load;
        this.waybill = waybill;
        this.options = options;
        this.report = report;
        this.pairs = pairs;
    }

    /// What one half has to put up with.
    interface Disturbance {

        /// Begins it; what it needs to be under way is under way on return.
        ///
        /// @param perSecond of the healthy deliveries beside it
        void begin(double perSecond, Duration time);

        /// Waits until nothing of it is left that could disturb the next half.
        void end();
    }

    /// Half of what the worker can make, or what was given; the worker is used to it on return.
    double halfOfThroughput(double given) {
        var _ = Measurement.take(
                bed, load, waybill, HEALTHY, options.saturating(), atMost(options.warmUp(), WARM_UP_MAX));
        double perSecond = given > 0 ? given : throughput() / 2;
        if (!options.quick) {
            var _ = send("settle", perSecond, SETTLED_AFTER);
        }
        return perSecond;
    }

    private double throughput() {
        Measurement most = Measurement.take(
                bed, load, waybill, HEALTHY, options.saturating(), atMost(options.measured(), MEASURED_MAX));
        report.summarize("throughput", most.perSecond());
        return most.perSecond();
    }

    private static Pace.Bounds atMost(Pace.Bounds bounds, Duration time) {
        return new Pace.Bounds(bounds.deliveries(), bounds.time().compareTo(time) < 0 ? bounds.time() : time);
    }

    /// Runs the pairs.
    ///
    /// @return the median of p99 disturbed / undisturbed
    double run(String name, Disturbance disturbance, double perSecond, Duration time) {
        List<Double> ratios = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            boolean disturbedFirst = pair % 2 == 1;
            double first = half(name, disturbedFirst ? disturbance : null, perSecond, time);
            double second = half(name, disturbedFirst ? null : disturbance, perSecond, time);
            ratios.add(disturbedFirst ? first / second : second / first);
        }
        double median = Percentiles.median(
                ratios.stream().mapToDouble(Double::doubleValue).toArray());
        report.summarize("p99 disturbed by " + name + " / undisturbed, median of " + pairs, median);
        return median;
    }

    private double half(String name, @Nullable Disturbance disturbance, double perSecond, Duration time) {
        pause();
        if (disturbance != null) {
            disturbance.begin(perSecond, time);
        }
        Run run = send("h" + halves++, perSecond, time);
        if (disturbance != null) {
            disturbance.end();
        }
        Percentiles millis = Percentiles.of(run.millisToReceipt());
        String by = disturbance == null ? "-" : name;
        report.add(
                List.of(String.valueOf(halves), by, String.valueOf(run.sent()), millis.toString()),
                Map.of(
                        "disturbedBy",
                        by,
                        "perSecond",
                        String.format(Locale.ROOT, "%.0f", perSecond),
                        "millisToReceipt",
                        millis.asMap()));
        return millis.p99();
    }

    private Run send(String name, double perSecond, Duration time) {
        int deliveries = (int) (perSecond * time.toSeconds());
        Run run = Run.create(bed.receipts(), name, deliveries);
        load.send(
                run,
                waybill.requests(HEALTHY),
                new Pace.Steady(perSecond),
                new Pace.Bounds(deliveries, time.multipliedBy(2)));
        return run;
    }

    private static void pause() {
        try {
            Thread.sleep(SETTLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
