package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.RetryTimes;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.report.Report;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Whether retries come when they were planned.
@Command(
        name = "retry",
        description =
                "Deliveries whose first attempt fails, at a fixed rate: when their retries were due, and when they"
                        + " were made.")
final class RetryCommand implements Callable<Integer> {

    private static final int WITHIN_MILLIS = 1_000;

    /// Of a hundred; few enough that no breaker opens, which would send other deliveries to the retry topics, too.
    private static final int FAILING = 20;

    @Mixin
    private Options options = new Options();

    @Option(
            names = "--rate",
            paramLabel = "PER_SECOND",
            defaultValue = "1000",
            description = "deliveries asked for (default ${DEFAULT-VALUE})")
    private double rate;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the worker, for what it changes")
    private Map<String, String> settings = new HashMap<>();

    @Override
    public Integer call() {
        Report report = new Report("retry", List.of("retries", "early", "within 1 s", "p50 / p95 / p99 ms late"));
        try (TestBed bed = options.startBed("retry");
                Load load = new Load(bed.bootstrapServers());
                Waybill waybill = Waybill.start(bed, settings)) {
            Run warm = Run.create(bed.receipts(), "warm", options.warmUp().deliveries());
            load.send(warm, waybill.requests(new Behaviour.Accept(0, 0)), options.saturating(), options.warmUp());
            Run run = Run.create(bed.receipts(), "retried", options.measured().deliveries());
            load.send(
                    run, waybill.requests(new Behaviour.Accept(0, FAILING)), new Pace.Steady(rate), options.measured());
            waybill.awaitRows(run);
            double[] late = RetryTimes.millisLate(waybill.installation().jdbcUrl(), run);
            long early = Arrays.stream(late).filter(millis -> millis < 0).count();
            double within = (double) Arrays.stream(late)
                            .filter(millis -> millis <= WITHIN_MILLIS)
                            .count()
                    / late.length;
            Percentiles percentiles = Percentiles.of(late);
            report.add(
                    List.of(
                            String.valueOf(late.length),
                            String.valueOf(early),
                            String.format(Locale.ROOT, "%.2f %%", 100 * within),
                            percentiles.toString()),
                    Map.of("retries", late.length, "early", early, "within", within, "late", percentiles.asMap()));
        }
        report.print();
        report.write(options.out);
        return 0;
    }
}
