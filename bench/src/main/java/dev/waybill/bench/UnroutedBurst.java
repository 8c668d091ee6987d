package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.RouterLag;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.report.Report;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;

/// How long an organization waits behind another one's burst in its own request partition: the router takes a partition
/// in order, so as long as it takes to route the burst, and no longer.
final class UnroutedBurst {

    private static final Behaviour HEALTHY = new Behaviour.Accept(0, 0);

    /// Enough to see when the wait ends, too few to be one.
    private static final Pace.Steady VICTIM = new Pace.Steady(100);

    private static final Pace.Bounds VICTIM_BOUNDS = new Pace.Bounds(300, Duration.ofSeconds(10));

    /// A router that was just started is slow; it is measured when it has routed some bursts.
    private static final int ROUTER_WARM_UP = 2;

    private static int runs;

    private final TestBed bed;
    private final Load load;
    private final Waybill waybill;
    private final Report report;
    private final int rounds;
    private final GreedyOrganization greedy;
    private final RouterLag router;
    private final Population victim;

    UnroutedBurst(TestBed bed, Load load, Waybill waybill, Report report, int rounds) {
        this.bed = bed;
        this.load = load;
        this.waybill = waybill;
        this.report = report;
        this.rounds = rounds;
        this.greedy = new GreedyOrganization(bed, load, waybill);
        this.router = new RouterLag(waybill.installation());
        this.victim = new Population(List.of(Population.customer(
                beside(GreedyOrganization.NAME, router.partitions()),
                "hook",
                bed.hosts().getLast() + HEALTHY.path())));
        waybill.requests().configure(victim, null);
    }

    /// An organization whose requests go to the same partition.
    private static String beside(String organization, int partitions) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "beside" + i)
                .filter(name -> partition(name, partitions) == partition(organization, partitions))
                .findFirst()
                .orElseThrow();
    }

    /// As Kafka's producer has it.
    private static int partition(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    void measure(int deliveries) {
        double rate = routingRate(deliveries);
        double bound = deliveries / rate * 1e3;
        double[] extra = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double alone = Percentiles.of(victim("-")).p50();
            Run burst = greedy.burst(deliveries);
            double longest = Arrays.stream(victim("a burst before it")).max().orElse(Double.NaN);
            extra[round] = longest - alone;
            Load.awaitReceipts(burst);
        }
        double median = Percentiles.median(extra);
        report.summarize("routing rate of one partition, router alone, per second", rate);
        report.summarize("burst / routing rate, ms", bound);
        report.summarize("longest extra wait behind the burst, ms, median of " + rounds, median);
        report.summarize("extra wait / (burst / routing rate)", median / bound);
    }

    /// Of one partition that has a backlog, by a worker that does nothing else.
    private double routingRate(int deliveries) {
        waybill.restartWorker(Map.of("roles", "router"));
        double rate = Double.NaN;
        Run[] bursts = new Run[ROUTER_WARM_UP + 1];
        for (int i = 0; i < bursts.length; i++) {
            bursts[i] = greedy.burst(deliveries);
            rate = router.measureUntilNone();
        }
        waybill.restartWorker(Map.of());
        Arrays.stream(bursts).forEach(Load::awaitReceipts);
        return rate;
    }

    /// Milliseconds from append to receipt.
    private double[] victim(String by) {
        Run run = Run.create(bed.receipts(), "v" + runs++, VICTIM_BOUNDS.deliveries());
        load.send(run, waybill.requests().to(victim), VICTIM, VICTIM_BOUNDS);
        double[] millis = run.millisToReceipt();
        Percentiles percentiles = Percentiles.of(millis);
        report.add(
                List.of("same partition", by, String.valueOf(run.sent()), percentiles.toString()),
                Map.of(
                        "disturbedBy",
                        "unrouted: " + by,
                        "perSecond",
                        String.format(Locale.ROOT, "%.0f", VICTIM.perSecond()),
                        "millisToReceipt",
                        percentiles.asMap()));
        return millis;
    }
}
