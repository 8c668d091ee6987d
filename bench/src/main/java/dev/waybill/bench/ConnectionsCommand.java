package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.limits.PostgresLimit;
import dev.waybill.bench.limits.PostgresLimit.Measured;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.report.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How many connections to Postgres are worth having.
@Command(
        name = "connections",
        description = "The projector's writer and the reads of the history over 1 to 16 connections to Postgres.")
final class ConnectionsCommand implements Callable<Integer> {

    private static final int QUICK_DELIVERIES = 2_000;

    /// Any more have no partition of their own to write.
    private static final List<Integer> CONNECTIONS = List.of(1, 2, 4, 8, 16);

    private static final int WARM_UP_CONNECTIONS = 4;

    @Option(names = "--quick", description = "a small run, to see that it works; its figures say nothing")
    private boolean quick;

    @Option(
            names = "--deliveries",
            paramLabel = "N",
            defaultValue = "30000",
            description = "whose events are written in each turn (default ${DEFAULT-VALUE})")
    private int deliveries;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "turns with each number of connections; figures are of the median one"
                    + " (default ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--read-seconds",
            paramLabel = "S",
            defaultValue = "2",
            description = "how long a turn of reads is (default ${DEFAULT-VALUE})")
    private int readSeconds;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            defaultValue = "target/bench",
            description = "where the JSON and the logs go (default ${DEFAULT-VALUE})")
    private Path out = Path.of("target", "bench");

    private final Report report = new Report(
            "connections",
            List.of("what", "connections", "per second", "to one connection", "worker CPU µs", "postgres CPU µs"));

    @Override
    public Integer call() {
        try (TestBed bed = TestBed.start(out.resolve("connections"));
                Load load = new Load(bed.bootstrapServers());
                Waybill waybill = Waybill.start(bed, Map.of())) {
            Run run = fill(bed, load, waybill);
            waybill.stopWorker();
            PostgresLimit limit = new PostgresLimit(waybill.installation());
            Duration time = quick ? Duration.ofMillis(500) : Duration.ofSeconds(readSeconds);
            // The first turns warm up what runs in this process.
            var _ = limit.write(WARM_UP_CONNECTIONS);
            var _ = limit.read(WARM_UP_CONNECTIONS, run, time);
            measure("rows written", limit::write);
            measure("deliveries read", connections -> limit.read(connections, run, time));
        }
        report.print();
        report.write(out);
        return 0;
    }

    /// Deliveries with their events and rows.
    private Run fill(TestBed bed, Load load, Waybill waybill) {
        int wanted = quick ? QUICK_DELIVERIES : deliveries;
        Run run = Run.create(bed.receipts(), "c0", wanted);
        load.send(
                run,
                waybill.requests(new Behaviour.Accept(0, 0)),
                new Pace.Saturating(wanted),
                new Pace.Bounds(wanted, Duration.ofMinutes(2)));
        waybill.awaitRows(run);
        return run;
    }

    /// All numbers of connections in turn, so that what drifts with time favours none.
    private void measure(String what, IntFunction<Measured> turn) {
        Map<Integer, List<Measured>> turns = new TreeMap<>();
        for (int round = 0; round < (quick ? 1 : rounds); round++) {
            for (int connections : CONNECTIONS) {
                turns.computeIfAbsent(connections, _ -> new ArrayList<>()).add(turn.apply(connections));
            }
        }
        double one = median(turns.getOrDefault(1, List.of())).perSecond();
        turns.forEach((connections, all) -> add(what, connections, median(all), one));
    }

    private static Measured median(List<Measured> turns) {
        double rate = Percentiles.median(
                turns.stream().mapToDouble(Measured::perSecond).toArray());
        return turns.stream()
                .min(Comparator.comparingDouble(turn -> Math.abs(turn.perSecond() - rate)))
                .orElseThrow();
    }

    private void add(String what, int connections, Measured measured, double one) {
        double ratio = measured.perSecond() / one;
        report.add(
                List.of(
                        what,
                        String.valueOf(connections),
                        format("%.0f", measured.perSecond()),
                        format("%.2f", ratio),
                        format("%.1f", measured.workerMicros()),
                        format("%.1f", measured.postgresMicros())),
                Map.of(
                        "what",
                        what,
                        "connections",
                        connections,
                        "perSecond",
                        measured.perSecond(),
                        "toOneConnection",
                        ratio,
                        "workerCpuMicros",
                        measured.workerMicros(),
                        "postgresCpuMicros",
                        measured.postgresMicros()));
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
