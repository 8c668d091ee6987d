package dev.waybill.topology.policy;

import dev.waybill.schemas.RetryDelay;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Spends a wait in retry topics of fixed delays: always the longest that still fits. What is shorter than the
/// shortest is waited out in the destination's lane.
///
/// Each turn through a topic costs a little more than its delay, so that two turns of 30 s do not quite fit into a
/// minute and the second one would fall apart into many short ones. A due time is therefore rounded up, by at most
/// 5 % of the delay, to a time that few turns reach.
public final class RetryPlan {

    /// How much later than asked a due time may be set.
    static final double ROUND_UP_MAX = 0.05;

    /// What a turn costs beyond its delay: a poll, a commit, the way through the router.
    static final Duration TURN_COST = Duration.ofMillis(250);

    private final List<RetryDelay> longestFirst;

    public RetryPlan(List<RetryDelay> delays) {
        if (delays.isEmpty()) {
            throw new IllegalArgumentException("at least one retry delay is needed");
        }
        longestFirst = delays.stream()
                .sorted(Comparator.comparing(RetryDelay::delay).reversed())
                .toList();
    }

    public RetryDelay shortest() {
        return longestFirst.getLast();
    }

    /// The topic to wait in next; none if less than the shortest delay remains.
    public Optional<RetryDelay> next(Duration remaining) {
        return longestFirst.stream()
                .filter(delay -> delay.delay().compareTo(remaining) <= 0)
                .findFirst();
    }

    /// `wanted` or up to 5 % of the delay later, whichever takes the fewest turns; the earliest of those.
    public Instant roundUp(Instant now, Instant wanted) {
        Duration delay = Duration.between(now, wanted);
        Duration longest = delay.plusMillis((long) ((double) delay.toMillis() * ROUND_UP_MAX));
        Duration best = delay;
        for (RetryDelay unit : longestFirst) {
            Duration rounded = multipleOf(unit.delay(), delay);
            if (rounded.compareTo(longest) <= 0 && turns(rounded) < turns(best)) {
                best = rounded;
            }
        }
        return now.plus(best);
    }

    /// The smallest multiple of a unit that is not below the delay, with the cost of its turns but the first: they
    /// begin late.
    private Duration multipleOf(Duration unit, Duration delay) {
        long times = Math.max(1, Math.ceilDiv(delay.toMillis(), unit.toMillis()));
        Duration bare = unit.multipliedBy(times);
        int extraTurns = Math.max(0, ideal(bare) - 1);
        return bare.plus(TURN_COST.multipliedBy(extraTurns));
    }

    /// Turns if they cost nothing.
    private int ideal(Duration delay) {
        return turns(delay, Duration.ZERO);
    }

    /// Turns through retry topics that a wait takes.
    int turns(Duration delay) {
        return turns(delay, TURN_COST);
    }

    private int turns(Duration delay, Duration cost) {
        int turns = 0;
        Duration remaining = delay;
        for (RetryDelay topic : longestFirst) {
            Duration turn = topic.delay().plus(cost);
            while (topic.delay().compareTo(remaining) <= 0) {
                remaining = remaining.minus(turn);
                turns++;
            }
        }
        return turns;
    }
}
