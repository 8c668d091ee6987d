package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.waybill.topology.model.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The laws of load balancing. Bounds are five standard deviations of a binomial distribution: keys are numbered, so a
/// failure is not chance but a worse hash.
class SpreadTest {

    private static final int KEYS = 20_000;

    private static final List<Target> TIER = List.of(target(1, 1), target(2, 2), target(3, 5), target(4, 2));

    private static Target target(int number, int weight) {
        return new Target(UUID.nameUUIDFromBytes(new byte[] {(byte) number}), weight);
    }

    private static Target first(int key, List<Target> tier) {
        return Spread.order("delivery-" + key, tier, Target::weight).getFirst();
    }

    private static double tolerance(double share) {
        return 5 * Math.sqrt(KEYS * share * (1 - share));
    }

    @Test
    void eachDestinationComesFirstAsOftenAsItsWeightSays() {
        Map<Target, Integer> counts = new HashMap<>();
        IntStream.range(0, KEYS).forEach(key -> counts.merge(first(key, TIER), 1, Integer::sum));
        for (Target target : TIER) {
            double share = target.weight() / 10.0;
            assertThat((double) counts.getOrDefault(target, 0)).isCloseTo(KEYS * share, within(tolerance(share)));
        }
    }

    @Test
    void whatOneLeavesGoesToTheOthersByWeight() {
        Target gone = TIER.get(2);
        Map<Target, Integer> seconds = new HashMap<>();
        int its = 0;
        for (int key = 0; key < KEYS; key++) {
            List<Target> order = Spread.order("delivery-" + key, TIER, Target::weight);
            if (order.getFirst().equals(gone)) {
                its++;
                seconds.merge(order.get(1), 1, Integer::sum);
            }
        }
        for (Target target : List.of(TIER.get(0), TIER.get(1), TIER.get(3))) {
            double share = target.weight() / 5.0;
            assertThat((double) seconds.getOrDefault(target, 0))
                    .isCloseTo(its * share, within(5 * Math.sqrt(its * share * (1 - share))));
        }
    }

    @Test
    void oneThatIsAddedTakesItsShareAndMovesNothingElse() {
        Target added = target(5, 10);
        List<Target> larger = new ArrayList<>(TIER);
        larger.add(added);
        int moved = 0;
        for (int key = 0; key < KEYS; key++) {
            Target before = first(key, TIER);
            Target after = first(key, larger);
            if (!after.equals(before)) {
                assertThat(after).isEqualTo(added);
                moved++;
            }
        }
        assertThat((double) moved).isCloseTo(KEYS * 0.5, within(tolerance(0.5)));
    }

    @Test
    void oneThatIsWeighedAnewKeepsWhatItHadOrTakesMore() {
        List<Target> heavier = List.of(target(1, 3), TIER.get(1), TIER.get(2), TIER.get(3));
        for (int key = 0; key < KEYS; key++) {
            Target before = first(key, TIER);
            Target after = first(key, heavier);
            assertThat(after.destinationId().equals(before.destinationId())
                            || after.destinationId().equals(target(1, 3).destinationId()))
                    .isTrue();
        }
    }

    @Test
    void theOrderOfTheRuleMakesNoDifference() {
        Random random = new Random(1);
        for (int key = 0; key < 200; key++) {
            List<Target> shuffled = new ArrayList<>(TIER);
            Collections.shuffle(shuffled, random);
            assertThat(Spread.order("k" + key, shuffled, Target::weight))
                    .isEqualTo(Spread.order("k" + key, TIER, Target::weight))
                    .containsExactlyInAnyOrderElementsOf(TIER);
        }
    }

    /// Workers of two versions must agree: these values never change.
    @Test
    void theOrderIsTheSameForEver() {
        assertThat(IntStream.range(0, 12)
                        .mapToObj(key -> String.valueOf(TIER.indexOf(first(key, TIER)) + 1))
                        .reduce("", String::concat))
                .isEqualTo("321331233443");
    }
}
