package dev.waybill.topology.policy;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides what follows an attempt. Pure: the same arguments give the same decision.
///
/// | outcome               | attempts left, before the end | otherwise                                   |
/// |-----------------------|-------------------------------|---------------------------------------------|
/// | Retryable, Throttled  | Retry                         | FailOver, else DeadLetter(exhausted)        |
/// | Throttled, for the account | FailOver, else Retry, not charged | Expire                             |
/// | Permanent             | –                             | FailOver, else DeadLetter(permanent)        |
/// | Ambiguous, policy RETRY | Retry                       | DeadLetter(ambiguous), never FailOver       |
/// | Ambiguous, policy STOP | –                            | DeadLetter(ambiguous), never FailOver       |
/// | OurFault              | Retry, not charged            | Expire                                      |
public final class Decisions {

    /// Wait after an error of ours: long enough not to spin, short enough that a passing fault costs little.
    static final Duration OUR_FAULT_DELAY = Duration.ofSeconds(5);

    /// One that does not pass soon is tried every few minutes: ten thousand deliveries are so 35 tasks a second.
    static final Duration OUR_FAULT_DELAY_MAX = Duration.ofMinutes(5);

    private Decisions() {}

    /// When the delivery ends: no attempt starts at or after this time.
    public static Instant endOf(Delivery delivery, Policy policy) {
        Instant notAfter = delivery.request().notAfter();
        return notAfter == null ? delivery.queuedAt().plus(policy.maxAge()) : notAfter;
    }

    /// Attempts that one candidate gets.
    public static int maxAttempts(Delivery delivery, Policy policy) {
        Integer requested = delivery.request().maxAttempts();
        return requested == null ? policy.maxAttempts() : Math.min(requested, policy.maxAttempts());
    }

    /// Decides about one outcome.
    ///
    /// @param route as it was when the attempt began, so that its `attempt` is the number of the one made
    /// @param now   when the outcome was observed
    public static Decision decide(
            Delivery delivery, Route route, Policy policy, Outcome outcome, Instant now, RandomGenerator random) {
        return switch (outcome) {
            case Delivered() -> new Decision.Complete();
            case Retryable retryable -> {
                Instant at = retryAt(delivery, route, policy, retryable.retryAfter(), now, random);
                yield at != null ? new Decision.Retry(at, true) : giveUp(route, Reasons.EXHAUSTED);
            }
            case Throttled(Fault fault, Duration hint)
            when fault.category() == ErrorCategory.ACCOUNT -> accountPaused(delivery, route, policy, hint, now);
            case Throttled throttled -> {
                Instant at = retryAt(delivery, route, policy, throttled.retryAfter(), now, random);
                yield at != null ? new Decision.Retry(at, true) : giveUp(route, Reasons.EXHAUSTED);
            }
            case Permanent _ -> giveUp(route, Reasons.PERMANENT);
            case Ambiguous _ -> {
                Instant at = policy.onAmbiguous() == OnAmbiguous.STOP
                        ? null
                        : retryAt(delivery, route, policy, null, now, random);
                yield at != null ? new Decision.Retry(at, true) : new Decision.DeadLetter(Reasons.AMBIGUOUS);
            }
            case OurFault _ -> {
                Instant at = now.plus(withJitter(ourFaultDelay(route.uncharged()), policy.jitter(), random));
                yield at.isBefore(endOf(delivery, policy)) ? new Decision.Retry(at, false) : new Decision.Expire();
            }
        };
    }

    /// Nothing can be sent until somebody acts or a quota is renewed: another candidate is better, and waiting costs no
    /// attempts.
    private static Decision accountPaused(
            Delivery delivery, Route route, Policy policy, @Nullable Duration hint, Instant now) {
        if (route.hasNext()) {
            return new Decision.FailOver(Reasons.ACCOUNT);
        }
        Duration wait = policy.breaker().openMax();
        Instant at = now.plus(hint == null ? wait : max(wait, min(hint, policy.retryAfterCap())));
        return at.isBefore(endOf(delivery, policy)) ? new Decision.Retry(at, false) : new Decision.Expire();
    }

    /// When to try the candidate again; null if it has no attempt left or the delivery would be over by then.
    private static @Nullable Instant retryAt(
            Delivery delivery,
            Route route,
            Policy policy,
            @Nullable Duration hint,
            Instant now,
            RandomGenerator random) {
        if (route.attempt() >= maxAttempts(delivery, policy)) {
            return null;
        }
        Duration delay = withJitter(policy.schedule().after(route.attempt()), policy.jitter(), random);
        if (hint != null) {
            delay = max(delay, min(hint, policy.retryAfterCap()));
        }
        Instant at = now.plus(delay);
        return at.isBefore(endOf(delivery, policy)) ? at : null;
    }

    /// Twice as long each time.
    ///
    /// @param before attempts of the route that were not charged, before this one
    static Duration ourFaultDelay(long before) {
        Duration delay = OUR_FAULT_DELAY;
        for (long i = 0; i < before && delay.compareTo(OUR_FAULT_DELAY_MAX) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        return min(delay, OUR_FAULT_DELAY_MAX);
    }

    private static Decision giveUp(Route route, String reason) {
        return route.hasNext() ? new Decision.FailOver(reason) : new Decision.DeadLetter(reason);
    }

    /// Jitter is added, never subtracted: a published minimum delay stays true.
    private static Duration withJitter(Duration delay, double jitter, RandomGenerator random) {
        return delay.plusMillis((long) ((double) delay.toMillis() * jitter * random.nextDouble()));
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
