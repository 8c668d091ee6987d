package dev.waybill.bench;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.RouterLag;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// An organization with more destinations than a sink has slots, which all take what they are sent and never answer.
final class HangingOrganization implements Pairs.Disturbance {

    /// The slots of a sink are 1 000 by default.
    private static final int DESTINATIONS = 1_200;

    /// As many as the default concurrency of a destination takes at a time.
    private static final int EACH = 10;

    /// They hang for longer than the half, and are over soon afterwards.
    private static final Duration LONGER = Duration.ofSeconds(2);

    private static int runs;

    private final TestBed bed;
    private final Load load;
    private final Waybill waybill;
    private final Population population;
    private final Duration hangs;

    HangingOrganization(TestBed bed, Load load, Waybill waybill, Duration half) {
        this.bed = bed;
        this.load = load;
        this.waybill = waybill;
        this.hangs = half.plus(LONGER);
        List<String> hosts = bed.hosts();
        this.population = new Population(IntStream.range(0, DESTINATIONS)
                .mapToObj(i -> Population.customer(
                        "hanging", "hook" + i, hosts.get(i % hosts.size()) + new Behaviour.Hang().path()))
                .toList());
        waybill.requests()
                .configure(
                        population,
                        DeliveryPolicy.newBuilder()
                                .setMaxAttempts(1)
                                .setFirstByteTimeoutMs(hangs.toMillis())
                                .setTotalTimeoutMs(hangs.toMillis())
                                .setMaxAgeMs(hangs.toMillis())
                                .build());
    }

    @Override
    public void begin(double perSecond, Duration time) {
        int deliveries = DESTINATIONS * EACH;
        Run run = Run.create(bed.receipts(), "hang" + runs++, deliveries);
        load.sendOnly(
                run,
                waybill.requests().to(population),
                new Pace.Saturating(deliveries),
                new Pace.Bounds(deliveries, time));
        new RouterLag(waybill.installation()).awaitNone();
    }

    @Override
    public void end() {
        try {
            Thread.sleep(hangs.plus(LONGER));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
