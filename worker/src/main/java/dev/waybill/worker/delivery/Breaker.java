package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.policy.BreakerPolicy;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Judgement;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Leaves one version of a destination alone while it does not work, and keeps what is known of its health.
///
/// ```
///   Closed ──too many of a window fail──► Open ──its time is over──► HalfOpen ──enough probes succeed──► Closed
///                                           ▲                           │
///                                           └──────────a probe fails────┘
/// ```
///
/// Guarded by the lock of [Lanes]. Times are nanoseconds of a clock that only goes forward, but for those that
/// are told to others.
final class Breaker {

    /// A version with a lower number is taken to be an older one, from a router that has not heard of the change,
    /// until nothing of the current one has come for so long: routers hear of changes within milliseconds, and a
    /// destination that was made anew under a lower number should not wait long.
    static final Duration OUTDATED_AFTER = Duration.ofSeconds(10);

    private sealed interface State {
        record Closed() implements State {}

        record Open(long until) implements State {}

        /// @param succeeded probes so far
        record HalfOpen(int succeeded) implements State {}
    }

    private final Destination destination;
    private final BreakerPolicy policy;
    private final FailureWindow window;
    /// When the last task of this version came.
    private long metAt;
    private State state;
    private Health health;
    /// As others know it.
    private Health told;

    /// Starts with what was told last: one that is open stays so for the rest of its time, one whose time is
    /// over is half-open.
    ///
    /// @param told what was told last of an earlier version, or of this one; null if the destination was well
    /// @param wall now, by the clock by which it was told
    Breaker(Destination destination, @Nullable Health told, Instant wall, long now) {
        this.destination = destination;
        this.policy = destination.policy().breaker();
        this.window = new FailureWindow(policy.window(), now);
        this.metAt = now;
        this.told = told == null ? Health.well(destination) : told;
        this.health = this.told.isAbout(destination) ? this.told : Health.well(destination);
        this.state = state(wall, now);
    }

    private State state(Instant wall, long now) {
        if (health.trips() == 0 || !policy.enabled()) {
            return new State.Closed();
        }
        Instant until = health.openUntil();
        if (until == null || !wall.isBefore(until)) {
            return new State.HalfOpen(0);
        }
        // Clocks of workers differ, and may be stepped: none keeps it open for longer than it may be.
        Duration left = Duration.between(wall, until);
        Duration most = policy.openFor(health.trips());
        return new State.Open(now + (left.compareTo(most) < 0 ? left : most).toNanos());
    }

    Destination destination() {
        return destination;
    }

    /// A task came: whether its version of the destination is the current one from now on, in place of this.
    boolean givesWayTo(Destination coming, long now) {
        if (coming.isSameVersion(destination)) {
            metAt = now;
            return false;
        }
        return coming.version() >= destination.version() || now - metAt >= OUTDATED_AFTER.toNanos();
    }

    /// Attempts that may run at the same time as far as the breaker goes.
    int lets(long now) {
        if (health.isDisabled()) {
            return 0;
        }
        return switch (state) {
            case State.Closed() -> Integer.MAX_VALUE;
            case State.Open(long until) -> until - now > 0 ? 0 : policy.probes();
            case State.HalfOpen _ -> policy.probes();
        };
    }

    /// When it is half-open next; null if it is not open.
    @Nullable
    Long opensAt() {
        return state instanceof State.Open(long until) ? (Long) until : null;
    }

    /// Whether its time is over, and nobody has tried since.
    boolean isUntried(long now) {
        return switch (state) {
            case State.Closed() -> false;
            case State.Open(long until) -> until - now <= 0;
            case State.HalfOpen(int succeeded) -> succeeded == 0;
        };
    }

    boolean isDisabled() {
        return health.isDisabled();
    }

    /// Takes what an attempt ended with.
    void judge(Observed observed, long now) {
        Judgement judgement = Judgement.of(observed.outcome());
        switch (judgement) {
            case WELL -> health = health.succeeded();
            case REFUSES, FAILS ->
                health = health.failed(fault(observed.outcome()).asLastFailure(), destination.policy(), observed.at());
            case NONE -> {
                return;
            }
        }
        State current = current(now);
        if (isOfAccount(observed.outcome()) && policy.enabled() && !(current instanceof State.Open)) {
            // One is enough: it would be the same for every other.
            open(policy.openMax(), observed.at(), now);
            return;
        }
        boolean failed = judgement == Judgement.FAILS;
        switch (current) {
            case State.Closed() -> {
                window.count(failed, now);
                if (failed && policy.trips(window.failures(now), window.attempts(now))) {
                    open(nextTime(), observed.at(), now);
                }
            }
            case State.HalfOpen(int succeeded) -> {
                if (failed) {
                    open(nextTime(), observed.at(), now);
                } else if (succeeded + 1 >= policy.probes()) {
                    close();
                } else {
                    state = new State.HalfOpen(succeeded + 1);
                }
            }
            // It began before the breaker opened.
            case State.Open _ -> {}
        }
    }

    /// A connection test in place of a probe has failed. One that succeeds proves less than a delivery and
    /// changes nothing.
    void testFailed(Instant at, long now) {
        if (isUntried(now)) {
            open(nextTime(), at, now);
        }
    }

    private static boolean isOfAccount(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed && failed.fault().category() == ErrorCategory.ACCOUNT;
    }

    private State current(long now) {
        if (state instanceof State.Open(long until) && until - now <= 0) {
            state = new State.HalfOpen(0);
        }
        return state;
    }

    private Duration nextTime() {
        return policy.openFor(health.trips() + 1);
    }

    private void open(Duration time, Instant at, long now) {
        health = health.opened(time, at);
        state = new State.Open(now + time.toNanos());
        window.clear();
    }

    private void close() {
        health = health.closed();
        state = new State.Closed();
        window.clear();
    }

    /// Whether others must know now: what they do depends on it.
    boolean mustTell() {
        return health.trips() != told.trips()
                || health.isDisabled() != told.isDisabled()
                || health.warning() > told.warning();
    }

    /// Whether others know anything that is not so any more.
    boolean mayTell() {
        return !health.equals(told) && !(health.isWell() && told.isWell());
    }

    HealthTold tell() {
        HealthTold change = new HealthTold(told, health);
        told = health;
        return change;
    }

    /// What was told last.
    Health told() {
        return told;
    }

    /// What others knew, and what they are told now.
    record HealthTold(Health before, Health now) {}

    private static Fault fault(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.fault();
        }
        throw new IllegalStateException("what was delivered has no fault");
    }
}
