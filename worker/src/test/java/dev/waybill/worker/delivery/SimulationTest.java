package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.delivery.Simulation.Coverage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SimulationTest {

    private static final int STEPS = 800;

    @Test
    void keepsItsPromisesWhateverHappens() {
        List<Coverage> all = run(1, 2_000);
        assertThat(all).anyMatch(one -> one.overflowed() > 0);
        assertThat(all).anyMatch(one -> one.poison() > 0);
        assertThat(all).anyMatch(one -> one.trips() > 0);
        assertThat(all).anyMatch(one -> one.disabled() > 0);
        assertThat(all.stream().mapToInt(Coverage::joined).sum()).isGreaterThan(10 * all.size());
        assertThat(all.stream().mapToInt(Coverage::split).sum()).isGreaterThan(2 * all.size());
        assertThat(all.stream().mapToInt(Coverage::crashes).sum()).isGreaterThan(all.size());
        assertThat(all.stream().mapToInt(Coverage::failed).sum()).isGreaterThan(all.size());
        assertThat(all.stream().mapToInt(Coverage::ended).sum()).isGreaterThan(20 * all.size());
    }

    @Test
    @Tag("long")
    void keepsItsPromisesForLong() {
        run(1_000_000, 20_000);
    }

    private static List<Coverage> run(long first, int seeds) {
        List<Coverage> all = new ArrayList<>();
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                all.add(new Simulation(seed).run(STEPS));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("with seed " + seed, e);
            }
        }
        return all;
    }
}
