package dev.waybill.topology.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.Models;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.ResultStatus;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.settlement.OpenDelivery.Holder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class OpenDeliveryTest {

    private final OpenDelivery fresh = OpenDelivery.start(Models.delivery(Models.request()), 3);

    @Test
    void aDestinationIsHeldByTheFirstToClaimIt() {
        OpenDelivery open = fresh.claim(0, "a");
        assertThat(open.holder(0, "a")).isEqualTo(new Holder.Nobody());
        assertThat(open.holder(1, "a")).isEqualTo(new Holder.Taken(0));
        assertThat(open.holder(1, "b")).isEqualTo(new Holder.Nobody());
        assertThat(open.claim(0, "a")).isEqualTo(open);
    }

    @Test
    void aDestinationLeftOrFailedAtIsSpent() {
        assertThat(fresh.claim(0, "a").claim(0, "b").holder(1, "a")).isEqualTo(new Holder.Spent(0));
        assertThat(fresh.claim(0, "a").settle(fate(0, RouteStatus.FAILED)).holder(1, "a"))
                .isEqualTo(new Holder.Spent(0));
        assertThat(fresh.claim(0, "a").settle(fate(0, RouteStatus.DELIVERED)).holder(1, "a"))
                .isEqualTo(new Holder.Taken(0));
    }

    @Test
    void joinedRoutesEndTogether() {
        OpenDelivery open = fresh.claim(0, "a")
                .join(route(1), 0, Models.NOW)
                .settle(fate(0, RouteStatus.DELIVERED))
                .join(route(2), 1, Models.NOW);
        assertThat(open.isComplete()).isTrue();
        assertThat(open.result(Models.NOW).status()).isEqualTo(ResultStatus.DELIVERED);
        assertThat(open.fates()).extracting(Fate::joinedRoute).containsExactly(null, 0, 1);
    }

    @Test
    void aRouteEndsOnce() {
        OpenDelivery open = fresh.settle(fate(1, RouteStatus.FAILED));
        assertThat(open.settle(fate(1, RouteStatus.DELIVERED))).isEqualTo(open);
        assertThat(open.settle(fate(7, RouteStatus.DELIVERED))).isEqualTo(open);
        assertThat(open.settle(fate(-1, RouteStatus.DELIVERED))).isEqualTo(open);
        assertThatThrownBy(() -> open.result(Models.NOW)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whateverTheOrderEveryRouteEndsOnceAndTheDeliveryIsCompleteThen() {
        for (long seed = 0; seed < 500; seed++) {
            RandomGenerator random = new Random(seed);
            int routes = random.nextInt(2, 6);
            OpenDelivery open = OpenDelivery.start(Models.delivery(Models.request()), routes);
            List<Integer> completions = new ArrayList<>();
            for (int step = 0; step < 200 && !open.isComplete(); step++) {
                open = step(open, random.nextInt(routes), random);
                if (open.isComplete()) {
                    completions.add(step);
                }
            }
            assertThat(completions).as("seed %d", seed).hasSize(1);
            assertThat(open.fates()).as("seed %d", seed).extracting(Fate::route).doesNotHaveDuplicates();
        }
    }

    /// A running route goes to one of few destinations, joining who holds it, or ends.
    private static OpenDelivery step(OpenDelivery open, int route, RandomGenerator random) {
        if (!open.isRunning(route)) {
            return open;
        }
        if (random.nextInt(4) == 0) {
            return open.settle(fate(route, random.nextBoolean() ? RouteStatus.DELIVERED : RouteStatus.FAILED));
        }
        String destination = "abc".substring(random.nextInt(3)).substring(0, 1);
        return switch (open.holder(route, destination)) {
            case Holder.Nobody() -> open.claim(route, destination);
            case Holder.Taken(int other) -> open.join(route(route), other, Models.NOW);
            case Holder.Spent _ -> open;
        };
    }

    private static Route route(int number) {
        return Route.start(number, 3, null, List.of("x"));
    }

    private static Fate fate(int route, RouteStatus status) {
        return new Fate(
                route, status, null, "a", Kind.WEBHOOK, 1, null, null, false, null, null, List.of(), Models.NOW);
    }
}
