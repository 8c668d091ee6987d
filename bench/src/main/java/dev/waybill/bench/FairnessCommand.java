package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.report.Report;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Whether an organization feels another one's burst.
@Command(
        name = "fairness",
        description = "The p99 of a hundred organizations at half of the throughput, while another organization has a"
                + " burst of deliveries routed and not yet made (routed), or 1 200 destinations that hang (hanging);"
                + " and how long an organization waits behind a burst in its own request partition that is not routed"
                + " yet (unrouted), against the burst divided by the routing rate.")
final class FairnessCommand implements Callable<Integer> {

    private static final int QUICK_BURST = 1_000;

    @Mixin
    private Options options = new Options();

    @Mixin
    private PairOptions pairOptions = new PairOptions();

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            defaultValue = "routed,unrouted,hanging",
            description = "which to measure (default ${DEFAULT-VALUE})")
    private Set<String> parts = Set.of();

    @Option(
            names = "--burst",
            paramLabel = "N",
            defaultValue = "10000",
            description = "deliveries of the burst (default ${DEFAULT-VALUE})")
    private int burst;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the worker, for what it changes")
    private Map<String, String> settings = new HashMap<>();

    @Override
    public Integer call() {
        Report report = new Report("fairness", Pairs.COLUMNS);
        try (TestBed bed = options.startBed("fairness");
                Load load = new Load(bed.bootstrapServers());
                Waybill waybill = Waybill.start(bed, settings)) {
            Pairs pairs = new Pairs(bed, load, waybill, options, report, pairOptions.pairs);
            double perSecond = pairs.halfOfThroughput(pairOptions.rate);
            Duration time = Duration.ofSeconds(pairOptions.halfSeconds);
            int deliveries = options.quick ? QUICK_BURST : burst;
            if (parts.contains("routed")) {
                var _ = pairs.run("a burst", new RoutedBurst(bed, load, waybill, deliveries), perSecond, time);
            }
            if (parts.contains("hanging")) {
                var _ = pairs.run("hanging", new HangingOrganization(bed, load, waybill, time), perSecond, time);
            }
            if (parts.contains("unrouted")) {
                new UnroutedBurst(bed, load, waybill, report, pairOptions.pairs).measure(deliveries);
            }
        }
        report.print();
        report.write(options.out);
        return 0;
    }
}
