package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.limits.BrokerLimit;
import dev.waybill.bench.limits.DirectClient;
import dev.waybill.bench.limits.ProjectorLimit;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.report.Report;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What bounds a delivery: each part by itself.
@Command(
        name = "limits",
        description =
                "What the parts can do by themselves: the webhook sink without Kafka, the broker, and the projector"
                        + " from a backlog against COPY of the same rows.")
final class LimitsCommand implements Callable<Integer> {

    private static final int DIRECT_WARM_UP = 100_000;

    @Mixin
    private Options options = new Options();

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            defaultValue = "client,broker,projector",
            description = "which to measure (default ${DEFAULT-VALUE})")
    private Set<String> parts = Set.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "turns of projector and COPY; the ratio is their median (default ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the worker, for what it changes")
    private Map<String, String> settings = new HashMap<>();

    private final Report report = new Report("limits", List.of("part", "per second", "CPU ms"));

    @Override
    public Integer call() {
        try (TestBed bed = options.startBed("limits");
                Load load = new Load(bed.bootstrapServers());
                Waybill waybill = Waybill.start(bed, settings)) {
            if (parts.contains("projector")) {
                Measurement.take(
                        bed, load, waybill, new Behaviour.Accept(0, 0), options.saturating(), options.measured());
            }
            waybill.stopWorker();
            if (parts.contains("client")) {
                client(bed, waybill, 0);
                client(bed, waybill, 50);
            }
            if (parts.contains("broker")) {
                var measured = BrokerLimit.measure(bed, options.measured().deliveries());
                add("broker: produce 1 KiB", measured.produced(), Double.NaN);
                add("broker: consume 1 KiB", measured.consumed(), Double.NaN);
            }
            if (parts.contains("projector")) {
                projector(waybill);
            }
        }
        report.print();
        report.write(options.out);
        return 0;
    }

    private void client(TestBed bed, Waybill waybill, int latency) {
        int requests = options.measured().deliveries();
        var measured = DirectClient.measure(
                bed,
                waybill.installation(),
                new Behaviour.Accept(latency, 0),
                Math.min(DIRECT_WARM_UP, requests),
                requests);
        add("webhook sink alone, receiver at " + latency + " ms", measured.perSecond(), measured.cpuMillis());
    }

    private void projector(Waybill waybill) {
        ProjectorLimit limit = new ProjectorLimit(waybill.installation());
        // The first turn warms both up.
        var _ = limit.measure();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            ProjectorLimit.Measured measured = limit.measure();
            add("projector from a backlog", measured.projected(), Double.NaN);
            add("COPY of the same rows", measured.copied(), Double.NaN);
            ratios.add(measured.ratio());
        }
        report.summarize(
                "projector / COPY",
                Percentiles.median(
                        ratios.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    private void add(String part, double perSecond, double cpuMillis) {
        report.add(
                List.of(
                        part,
                        String.format(Locale.ROOT, "%.0f", perSecond),
                        Double.isNaN(cpuMillis) ? "" : String.format(Locale.ROOT, "%.3f", cpuMillis)),
                Map.of("part", part, "perSecond", perSecond, "cpuMillis", cpuMillis));
    }
}
