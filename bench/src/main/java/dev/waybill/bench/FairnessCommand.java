package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.RouterLag;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Report;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Whether an organization feels another one's burst.
@Command(
        name = "fairness",
        description = "The p99 of a hundred organizations at half of the throughput, while another organization has a"
                + " burst of deliveries routed and not yet made.")
final class FairnessCommand implements Callable<Integer> {

    private static final String GREEDY = "greedy";
    private static final int DESTINATIONS = 10;

    /// Slow enough that the burst lasts as long as a half.
    private static final Behaviour SLOW = new Behaviour.Accept(50, 0);

    @Mixin
    private Options options = new Options();

    @Mixin
    private PairOptions pairOptions = new PairOptions();

    @Option(
            names = "--burst",
            paramLabel = "N",
            defaultValue = "50000",
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
            var _ = pairs.run(
                    "a burst",
                    new Burst(bed, load, waybill, options.quick ? 1_000 : burst),
                    perSecond,
                    Duration.ofSeconds(pairOptions.halfSeconds));
        }
        report.print();
        report.write(options.out);
        return 0;
    }

    /// One organization's, routed before the half begins.
    private static final class Burst implements Pairs.Disturbance {

        private static int runs;

        private final TestBed bed;
        private final Load load;
        private final Waybill waybill;
        private final Population population;
        private final int deliveries;
        private @Nullable Run run;

        Burst(TestBed bed, Load load, Waybill waybill, int deliveries) {
            this.bed = bed;
            this.load = load;
            this.waybill = waybill;
            this.deliveries = deliveries;
            this.population = new Population(IntStream.range(0, DESTINATIONS)
                    .mapToObj(i ->
                            Population.customer(GREEDY, "hook" + i, bed.hosts().getFirst() + SLOW.path()))
                    .toList());
            waybill.requests().configure(population, null);
        }

        @Override
        public void begin(double perSecond, Duration time) {
            run = Run.create(bed.receipts(), "g" + runs++, deliveries);
            load.sendOnly(
                    run,
                    waybill.requests().to(population),
                    new Pace.Saturating(deliveries),
                    new Pace.Bounds(deliveries, time));
            new RouterLag(waybill.installation()).awaitNone();
        }

        @Override
        public void end() {
            if (run != null) {
                Load.awaitReceipts(run);
            }
        }
    }
}
