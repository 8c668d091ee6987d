package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import java.time.Duration;
import java.util.stream.IntStream;

/// One organization that asks for much at once.
final class GreedyOrganization {

    static final String NAME = "greedy";

    private static final int DESTINATIONS = 10;

    /// Slow enough that a burst lasts as long as a half.
    private static final Behaviour SLOW = new Behaviour.Accept(50, 0);

    /// Only a broker that does not work takes as long to append a burst.
    private static final Duration APPEND_MAX = Duration.ofMinutes(1);

    private static int runs;

    private final TestBed bed;
    private final Load load;
    private final Waybill waybill;
    private final Population population;

    GreedyOrganization(TestBed bed, Load load, Waybill waybill) {
        this.bed = bed;
        this.load = load;
        this.waybill = waybill;
        this.population = new Population(IntStream.range(0, DESTINATIONS)
                .mapToObj(i -> Population.customer(NAME, "hook" + i, bed.hosts().getFirst() + SLOW.path()))
                .toList());
        waybill.requests().configure(population, null);
    }

    /// Appends so many requests at once.
    Run burst(int deliveries) {
        Run run = Run.create(bed.receipts(), "g" + runs++, deliveries);
        load.sendOnly(
                run,
                waybill.requests().to(population),
                new Pace.Saturating(deliveries),
                new Pace.Bounds(deliveries, APPEND_MAX));
        return run;
    }
}
