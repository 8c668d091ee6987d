package dev.waybill.worker.delivery;

import dev.waybill.topology.policy.Concurrency;
import dev.waybill.topology.policy.Outcome;

/// Finds out how many attempts at a time a destination takes well: additive increase, multiplicative decrease, judged
/// round by round. A round is as many attempts as the limit allows at a time.
///
/// | a round in which                                                | the next one has              |
/// |-----------------------------------------------------------------|-------------------------------|
/// | somebody was told to send less, or waited in vain               | half as many                  |
/// | the mean latency was over twice the shortest mean seen lately   | a tenth fewer                 |
/// | the limit was reached, and never a decrease before              | twice as many                 |
/// | the limit was reached                                           | one more                      |
///
/// Guarded by the lock of [Lanes].
final class ConcurrencyLimit {

    /// A mean latency over this many times the shortest one says that attempts wait for each other.
    static final double SLOW = 2;

    /// What differs by less than this differs by chance.
    private static final double NOISE_MILLIS = 5;

    static final double SLOW_DECREASE = 0.9;
    static final double THROTTLED_DECREASE = 0.5;

    /// The shortest mean is forgotten by this part with every round, so that a destination that has become slower
    /// for good is not held to its past. Slower than the latency grows while a limit is far too high, or the one
    /// would excuse the other.
    private static final double FORGET = 0.001;

    private final Concurrency bounds;
    private double limit;
    private boolean hadDecrease;
    private double shortestMean = Double.MAX_VALUE;
    private int ended;
    private int measured;
    private double millis;
    private boolean reached;
    /// Attempts that began before the last decrease: what they end with was caused by what has been mended.
    private int earlier;

    ConcurrencyLimit(Concurrency bounds) {
        this.bounds = bounds;
        this.limit = bounds.floor();
    }

    Concurrency bounds() {
        return bounds;
    }

    int current() {
        return (int) limit;
    }

    /// An attempt ended.
    ///
    /// @param running how many ran at the time, this one among them
    void ended(Observed observed, int running) {
        if (!bounds.isAdaptive()) {
            return;
        }
        if (earlier > 0) {
            earlier--;
            return;
        }
        reached |= running >= current();
        ended++;
        switch (observed.outcome()) {
            case Outcome.Delivered _, Outcome.Permanent _ -> {
                measured++;
                millis += observed.latency().toNanos() / 1e6;
            }
            case Outcome.Throttled _, Outcome.Retryable _, Outcome.Ambiguous _ -> {
                decrease(THROTTLED_DECREASE, running);
                return;
            }
            case Outcome.OurFault _ -> {}
        }
        if (ended >= current()) {
            endRound(running);
        }
    }

    private void endRound(int running) {
        double mean = measured == 0 ? shortestMean : millis / measured;
        shortestMean = Math.min(mean, shortestMean * (1 + FORGET));
        if (mean > SLOW * shortestMean + NOISE_MILLIS) {
            decrease(SLOW_DECREASE, running);
            return;
        }
        if (reached) {
            limit = Math.min(bounds.cap(), hadDecrease ? limit + 1 : limit * 2);
        }
        beginRound();
    }

    private void decrease(double factor, int running) {
        earlier = running - 1;
        hadDecrease = true;
        limit = Math.max(bounds.floor(), limit * factor);
        beginRound();
    }

    private void beginRound() {
        ended = 0;
        measured = 0;
        millis = 0;
        reached = false;
    }
}
