package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.RouterLag;
import dev.waybill.bench.load.Run;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A burst of one organization that is routed before the half begins, and not yet made.
final class RoutedBurst implements Pairs.Disturbance {

    private final GreedyOrganization greedy;
    private final RouterLag router;
    private final int deliveries;
    private @Nullable Run run;

    RoutedBurst(TestBed bed, Load load, Waybill waybill, int deliveries) {
        this.greedy = new GreedyOrganization(bed, load, waybill);
        this.router = new RouterLag(waybill.installation());
        this.deliveries = deliveries;
    }

    @Override
    public void begin(double perSecond, Duration time) {
        run = greedy.burst(deliveries);
        router.awaitNone();
    }

    @Override
    public void end() {
        if (run != null) {
            Load.awaitReceipts(run);
        }
    }
}
