package dev.waybill.topology.policy;

import java.time.Duration;

/// When a destination is left alone for a while.
///
/// @param enabled      whether it ever is
/// @param failureRatio part of the attempts of a window that must have failed, more than 0, at most 1
/// @param minVolume    attempts that a window needs to say anything
/// @param window       over how long attempts are counted
/// @param openTime     how long it is left alone the first time; each further time in a row twice as long
/// @param openMax      but no longer than this
/// @param probes       attempts that must succeed in a row, once that time is over, before all are let through again
public record BreakerPolicy(
        boolean enabled,
        double failureRatio,
        int minVolume,
        Duration window,
        Duration openTime,
        Duration openMax,
        int probes) {

    /// Ten attempts a minute of which half fail: few enough to notice within a window of an ordinary destination, too
    /// many to be chance. Half a minute is what a restart takes, ten minutes what a good morning's outage may wait.
    public static final BreakerPolicy DEFAULT =
            new BreakerPolicy(true, 0.5, 10, Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofMinutes(10), 3);

    public BreakerPolicy {
        require(failureRatio > 0 && failureRatio <= 1, "breakerFailureRatio must be more than 0, at most 1");
        require(minVolume >= 1, "breakerMinVolume must be at least 1");
        require(probes >= 1, "breakerProbes must be at least 1");
        require(window.isPositive() && openTime.isPositive(), "breakerWindowMs and breakerOpenMs must be positive");
        require(openMax.compareTo(openTime) >= 0, "breakerOpenMaxMs must not be less than breakerOpenMs");
        require(openMax.compareTo(Policy.LONGEST) <= 0, "breakerOpenMaxMs is too long");
    }

    /// Whether so many failures among so many attempts are too many.
    public boolean trips(long failed, long attempts) {
        return enabled && attempts >= minVolume && (double) failed >= failureRatio * (double) attempts;
    }

    /// How long to leave the destination alone.
    ///
    /// @param trips how many times in a row it is by now, from 1
    public Duration openFor(int trips) {
        Duration time = openTime;
        for (int i = 1; i < trips && time.compareTo(openMax) < 0; i++) {
            time = time.multipliedBy(2);
        }
        return time.compareTo(openMax) < 0 ? time : openMax;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
