package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.worker.delivery.Simulation.Coverage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SimulationTest {

    private static final int STEPS = 800;

    /// One seed to run in place of all, as a failure names it.
    private static final Long SEED = Long.getLong("waybill.seed");

    /// Seeds of every build: enough for each mutation of the loop that was tried to be found many times over.
    private static final int SEEDS = Integer.getInteger("waybill.seeds", 2_000);

    @Test
    void keepsItsPromisesWhateverHappens() {
        List<Coverage> all = run(1, SEEDS);
        assumeTrue(all.size() >= 100, "a few seeds need not make everything happen");
        assertThat(all).anyMatch(one -> one.overflowed() > 0);
        assertThat(all).anyMatch(one -> one.poison() > 0);
        assertThat(all).anyMatch(one -> one.trips() > 0);
        assertThat(all).anyMatch(one -> one.disabled() > 0);
        assertThat(all).anyMatch(one -> one.together() > 3);
        assertThat(sum(all, Coverage::joined)).isGreaterThan(10 * all.size());
        assertThat(sum(all, Coverage::split)).isGreaterThan(2 * all.size());
        assertThat(sum(all, Coverage::crashes)).isGreaterThan(all.size());
        assertThat(sum(all, Coverage::failed)).isGreaterThan(all.size());
        assertThat(sum(all, Coverage::ended)).isGreaterThan(20 * all.size());
        assertThat(sum(all, Coverage::cleanMoves)).isGreaterThan(2 * all.size());
        assertThat(sum(all, Coverage::repeated)).isGreaterThan(all.size());
        assertThat(sum(all, Coverage::probes)).isGreaterThan(all.size() / 10);
    }

    @Test
    @Tag("long")
    void keepsItsPromisesForLong() {
        run(1_000_000, 10 * SEEDS);
    }

    @Test
    void aSeedDoesTheSameAgain() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(new Simulation(seed).run(STEPS)).isEqualTo(new Simulation(seed).run(STEPS));
        }
    }

    private static int sum(List<Coverage> all, ToIntFunction<Coverage> what) {
        return all.stream().mapToInt(what).sum();
    }

    private static List<Coverage> run(long first, int seeds) {
        List<Coverage> all = new ArrayList<>();
        long from = SEED == null ? first : SEED;
        for (long seed = from; seed < from + (SEED == null ? seeds : 1); seed++) {
            try {
                all.add(new Simulation(seed).run(STEPS));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("with -Dwaybill.seed=" + seed, e);
            }
        }
        return all;
    }
}
