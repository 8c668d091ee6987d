package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Report;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How many deliveries a worker makes, what they cost, and how long each takes.
@Command(
        name = "throughput",
        description = "Deliveries of 1 KiB through broker, worker and Postgres to a receiver: how many, at which cost,"
                + " how fast. Every one is checked: received, one result, its rows.")
final class ThroughputCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    @Option(
            names = "--latency",
            split = ",",
            paramLabel = "MS",
            defaultValue = "0,50",
            description = "how long the receiver takes to answer; a run for each (default ${DEFAULT-VALUE})")
    private List<Integer> latencies = List.of();

    @Option(
            names = "--failures",
            split = ",",
            paramLabel = "PERCENT",
            defaultValue = "0,5",
            description = "deliveries whose first attempt is answered 503; a run for each (default ${DEFAULT-VALUE})")
    private List<Integer> failures = List.of();

    @Option(
            names = "--rate",
            paramLabel = "PER_SECOND",
            description = "deliveries asked for; without it as many as the worker can make")
    private @Nullable Double rate;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the worker, for what it changes")
    private Map<String, String> settings = new HashMap<>();

    @Override
    public Integer call() {
        Report report = new Report("throughput" + (rate == null ? "" : "-" + rate.intValue()), Measurement.COLUMNS);
        try (TestBed bed = options.startBed("throughput");
                Load load = new Load(bed.bootstrapServers());
                Waybill waybill = Waybill.start(bed, settings)) {
            Measurement.take(bed, load, waybill, first(), options.saturating(), options.warmUp());
            Pace pace = rate == null ? options.saturating() : new Pace.Steady(rate);
            for (int latency : latencies) {
                for (int failing : failures) {
                    Measurement measured = Measurement.take(
                            bed, load, waybill, new Behaviour.Accept(latency, failing), pace, options.measured());
                    report.add(measured.line(), measured.values());
                }
            }
        }
        report.print();
        report.write(options.out);
        return 0;
    }

    private Behaviour first() {
        return new Behaviour.Accept(latencies.getFirst(), 0);
    }
}
