package dev.waybill.worker.pool;

import java.time.Duration;

/// Decides when a peer that takes no connections is tried again. Times are nanoseconds of a clock that only goes
/// forward.
///
/// ```
///   open ──failures in a row, more than TOLERATED──► waiting ──time is over: one is let through──► probing
///     ▲                                                 ▲                                            │
///     └───────────────────── connected ─────────────────┼────────────────────────────────────────────┤
///                                                       └────────── failed: twice as long ───────────┘
/// ```
final class Reconnects {

    /// A restart of the peer, or one lost packet, is no reason to turn anybody away.
    static final int TOLERATED = 2;

    private static final Duration FIRST = Duration.ofMillis(100);

    /// A peer that is back is noticed within this time. It is below the shortest delay between two attempts, so that
    /// a delivery does not lose a second attempt to the same wait.
    static final Duration LONGEST = Duration.ofSeconds(2);

    private int failures;
    private long failedAt;
    private long until;
    private Duration patience = Duration.ZERO;

    /// Whether a connection may be tried now. Of those who ask when the time is over one may; the others only when it
    /// has not come back.
    ///
    /// @param willing how long the caller would wait for a connection: one who has more patience than those who
    ///     failed may find what they did not
    boolean allows(Duration willing, long now) {
        if (failures <= TOLERATED || willing.compareTo(patience) > 0) {
            return true;
        }
        if (now - until < 0) {
            return false;
        }
        until = now + willing.toNanos();
        return true;
    }

    /// A connection failed.
    ///
    /// @param began when it was begun: what ran side by side with another failure says nothing new
    void failed(Duration willing, long began, long now) {
        if (failures > 0 && began - failedAt < 0) {
            return;
        }
        failures++;
        failedAt = now;
        patience = failures == 1 || willing.compareTo(patience) > 0 ? willing : patience;
        int doublings = Math.clamp(failures - TOLERATED - 1L, 0, 16);
        until = now + Math.min(FIRST.toNanos() << doublings, LONGEST.toNanos());
    }

    void connected() {
        failures = 0;
    }

    int failures() {
        return failures;
    }

    /// Whether there is nothing worth remembering: all went well, or it is long ago.
    boolean isForgotten(long now) {
        return failures == 0 || now - until > LONGEST.multipliedBy(10).toNanos();
    }
}
