package dev.waybill.topology.policy;

import java.time.Duration;
import java.time.Instant;

/// When a destination is given up, until somebody puts it anew.
///
/// @param onGone        whether at once when it answers that it is gone for good (HTTP 410)
/// @param afterFailures attempts in a row that must have failed; 0 means that failures never disable
/// @param after         and for how long there must have been nothing but failures
public record AutoDisable(boolean onGone, int afterFailures, Duration after) {

    /// The response code of a receiver that is gone for good.
    public static final int GONE = 410;

    /// Five days are what the field gives a broken endpoint; a hundred attempts keep one that is hardly used alive.
    public static final AutoDisable DEFAULT = new AutoDisable(true, 100, Duration.ofDays(5));

    /// Parts of the way, in per cent, at which an operator is warned.
    static final int[] WARNINGS = {90, 70, 50};

    public AutoDisable {
        if (afterFailures < 0 || after.isNegative() || after.compareTo(Policy.LONGEST) > 0) {
            throw new IllegalArgumentException("disableAfterFailures and disableAfterMs must not be negative, and the"
                    + " time at most " + Policy.LONGEST.toDays() + " days");
        }
    }

    /// How far it has come, in per cent: 100 disables. Both conditions must be met, so the lesser of them counts.
    ///
    /// @param failures     attempts in a row that failed
    /// @param failingSince when the first of them did
    public int progress(int failures, Instant failingSince, Instant now) {
        if (afterFailures == 0) {
            return 0;
        }
        double byCount = (double) failures / afterFailures;
        double byTime = after.isZero()
                ? 1
                : (double) Duration.between(failingSince, now).toMillis() / after.toMillis();
        return (int) Math.clamp(100 * Math.min(byCount, byTime), 0, 100);
    }

    /// The highest warning that so much progress deserves, in per cent; 0 for none.
    public static int warning(int progress) {
        for (int warning : WARNINGS) {
            if (progress >= warning) {
                return warning;
            }
        }
        return 0;
    }
}
