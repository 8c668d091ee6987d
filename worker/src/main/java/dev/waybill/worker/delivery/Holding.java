package dev.waybill.worker.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What an organization holds of something that it shares with others, in tasks or in bytes, and, once that is
/// its whole share, how fast it gives it back. Guarded by the lock of [Lanes].
final class Holding {

    /// Since it reached its share; before that its rate only says how much was asked of it.
    static final Duration MEASURED_FOR = Duration.ofMillis(250);

    /// What is given back within the shortest turn through a retry topic is waited for: everybody behind it
    /// loses less by that than the organization would by the turn.
    static final Duration WORTH_WAITING = Lane.OVERFLOW_MIN;

    private long held;
    /// Measures what ends since the share was reached; null before.
    private @Nullable RateMeter endings;
    /// What was held then.
    private long full;
    private long roomAt;

    long held() {
        return held;
    }

    void take(long amount) {
        held += amount;
    }

    /// Something of it is gone, but was not done.
    void letGo(long amount) {
        held -= amount;
        if (held < full / 2) {
            endings = null;
        }
    }

    /// Something of it was done.
    void ended(long amount, long now) {
        if (endings != null) {
            endings.mark(now, amount);
        }
        letGo(amount);
    }

    /// What to do with more while it holds its share: how long it should stay away, each one longer by what one
    /// takes here; null if there will be room so soon that it is worth waiting for.
    @Nullable
    Duration away(long amount, long now) {
        if (endings == null) {
            endings = new RateMeter(now);
            full = held;
            roomAt = now;
        }
        if (endings.age(now).compareTo(MEASURED_FOR) < 0) {
            return null;
        }
        // What has not even started by then is sent away.
        double slowest = (double) held / Lane.HELD_MAX.toSeconds();
        double perSecond = Math.max(slowest, endings.perSecond(now));
        if (held <= perSecond * WORTH_WAITING.toSeconds()) {
            return null;
        }
        long wait = Math.clamp(roomAt - now, Lane.OVERFLOW_MIN.toNanos(), Lane.OVERFLOW_MAX.toNanos());
        roomAt = now + wait + (long) (1e9 * amount / perSecond);
        return Duration.ofNanos(wait);
    }
}
