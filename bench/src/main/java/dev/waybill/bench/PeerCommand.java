package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.report.Report;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Waybill beside what a user would write without it.
@Command(
        name = "peer",
        description =
                "The same work done by Waybill, by parallel-consumer, and by a plain consumer with virtual threads,"
                        + " in turn, on the same broker, Postgres and receiver; and their ratios.")
final class PeerCommand implements Callable<Integer> {

    /// POSTs at the same time: what did best for parallel-consumer.
    private static final int CONCURRENCY_FAST = 256;

    private static final int CONCURRENCY_SLOW = 1_000;

    @Mixin
    private Options options = new Options();

    @Option(
            names = "--latency",
            split = ",",
            paramLabel = "MS",
            defaultValue = "0,50",
            description = "how long the receiver takes to answer (default ${DEFAULT-VALUE})")
    private List<Integer> latencies = List.of();

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "PEER",
            defaultValue = "parallel,plain",
            description = "who takes part beside Waybill (default ${DEFAULT-VALUE})")
    private List<String> peers = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "runs of each, in turn; ratios are medians (default ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting of the worker, for what it changes")
    private Map<String, String> settings = new HashMap<>();

    private final Report report = new Report("peer", Measurement.COLUMNS);

    @Override
    public Integer call() {
        try (TestBed bed = options.startBed("peer");
                Load load = new Load(bed.bootstrapServers());
                Waybill waybill = Waybill.start(bed, settings)) {
            for (int latency : latencies) {
                compare(bed, load, waybill, new Behaviour.Accept(latency, 0));
            }
        }
        report.print();
        report.write(options.out);
        return 0;
    }

    private void compare(TestBed bed, Load load, Waybill waybill, Behaviour.Accept behaviour) {
        List<Contender> all = new ArrayList<>(List.of(waybill));
        try {
            for (String peer : peers) {
                int concurrency = behaviour.latencyMillis() == 0 ? CONCURRENCY_FAST : CONCURRENCY_SLOW;
                all.add(Peer.start(peer, bed, behaviour, concurrency));
            }
            for (Contender contender : all) {
                Measurement.take(bed, load, contender, behaviour, options.saturating(), options.warmUp());
            }
            List<Map<String, Measurement>> taken = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                taken.add(round(bed, load, all, behaviour));
            }
            for (String peer : peers) {
                ratio(taken, peer, behaviour, "throughput", Measurement::perSecond);
                ratio(
                        taken,
                        peer,
                        behaviour,
                        "CPU per delivery",
                        one -> one.cpuMillis().getOrDefault("system", Double.NaN));
            }
        } finally {
            all.stream().skip(1).forEach(Contender::close);
        }
    }

    private Map<String, Measurement> round(TestBed bed, Load load, List<Contender> all, Behaviour behaviour) {
        Map<String, Measurement> taken = new HashMap<>();
        for (Contender contender : all) {
            Measurement one =
                    Measurement.take(bed, load, contender, behaviour, options.saturating(), options.measured());
            report.add(one.line(), one.values());
            taken.put(contender.name(), one);
        }
        return taken;
    }

    private void ratio(
            List<Map<String, Measurement>> rounds,
            String peer,
            Behaviour.Accept behaviour,
            String what,
            ToDoubleFunction<Measurement> figure) {
        double[] ratios = rounds.stream()
                .mapToDouble(
                        round -> figure.applyAsDouble(round.get("waybill")) / figure.applyAsDouble(round.get(peer)))
                .toArray();
        report.summarize(
                "%s at %d ms, waybill / %s".formatted(what, behaviour.latencyMillis(), peer),
                Percentiles.median(ratios));
    }
}
