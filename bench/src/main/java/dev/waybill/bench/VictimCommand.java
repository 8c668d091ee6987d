package dev.waybill.bench;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Report;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Whether healthy destinations feel the sick ones.
@Command(
        name = "victim",
        description =
                "The p99 of healthy destinations at half of the throughput, while one delivery in a hundred goes to"
                        + " destinations that hang, drip, or answer 500.")
final class VictimCommand implements Callable<Integer> {

    private static final int ONE_IN = 100;
    private static final int SICK = 10;

    /// Their deliveries end soon, so that the next half is undisturbed.
    private static final Duration SICK_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration SICK_MAX_AGE = Duration.ofSeconds(4);

    @Mixin
    private Options options = new Options();

    @Mixin
    private PairOptions pairOptions = new PairOptions();

    @Option(
            names = "--behaviours",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "hang,drip,refuse",
            description = "how the sick destinations behave; pairs for each (default ${DEFAULT-VALUE})")
    private List<String> behaviours = List.of();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the worker, for what it changes")
    private Map<String, String> settings = new HashMap<>();

    @Override
    public Integer call() {
        Report report = new Report("victim", Pairs.COLUMNS);
        try (TestBed bed = options.startBed("victim");
                Load load = new Load(bed.bootstrapServers());
                Waybill waybill = Waybill.start(bed, settings)) {
            Pairs pairs = new Pairs(bed, load, waybill, options, report, pairOptions.pairs);
            double perSecond = pairs.halfOfThroughput(pairOptions.rate);
            for (String name : behaviours) {
                Sick sick = new Sick(bed, waybill, Behaviour.of("/" + name));
                var _ = pairs.run(name, sick, perSecond, Duration.ofSeconds(pairOptions.halfSeconds));
            }
        }
        report.print();
        report.write(options.out);
        return 0;
    }

    /// Destinations that behave badly, and who sends to them.
    private static final class Sick implements Pairs.Disturbance {

        private static int runs;

        private final TestBed bed;
        private final Waybill waybill;
        private final Population population;
        private @Nullable Thread sender;

        Sick(TestBed bed, Waybill waybill, Behaviour behaviour) {
            this.bed = bed;
            this.waybill = waybill;
            this.population =
                    new Population(Population.of("sick" + behaviour.path().substring(1), bed.hosts(), behaviour)
                            .customers()
                            .subList(0, SICK));
            waybill.requests()
                    .configure(
                            population,
                            DeliveryPolicy.newBuilder()
                                    .setFirstByteTimeoutMs(SICK_TIMEOUT.toMillis())
                                    .setTotalTimeoutMs(SICK_TIMEOUT.toMillis())
                                    .setMaxAgeMs(SICK_MAX_AGE.toMillis())
                                    .build());
        }

        @Override
        public void begin(double perSecond, Duration time) {
            int deliveries = (int) Math.ceil(perSecond / ONE_IN * time.toSeconds());
            Run run = Run.create(bed.receipts(), "s" + runs++, deliveries);
            sender = Thread.ofPlatform().start(() -> {
                try (Load load = new Load(bed.bootstrapServers())) {
                    load.sendOnly(
                            run,
                            waybill.requests().to(population),
                            new Pace.Steady(perSecond / ONE_IN),
                            new Pace.Bounds(deliveries, time));
                }
            });
        }

        @Override
        public void end() {
            try {
                if (sender != null) {
                    sender.join();
                }
                Thread.sleep(SICK_MAX_AGE.plus(SICK_TIMEOUT));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
