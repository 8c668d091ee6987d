package dev.waybill.topology.model;

import dev.waybill.topology.policy.AutoDisable;
import dev.waybill.topology.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How one version of a destination is doing. A changed destination starts anew: it may have been mended.
///
/// ```
///             too many failures            time is over, probes succeed
///   closed ───────────────────► open ─────────────────────────────────► closed
///             trips = 1           ▲ │ a probe fails: trips + 1, twice the time
///                                 └─┘
///   410, or nothing but failures for too long ──► disabled, until the destination is changed
/// ```
///
/// @param destinationVersion the version it holds for
/// @param fingerprint        of that version's record, because numbers may repeat; 0 where it is not known
/// @param openUntil          no attempt before this time; null while the breaker is closed. A time that is over means
///                           that only probes are let through
/// @param trips              how many times in a row the breaker has opened
/// @param failures           attempts in a row that failed
/// @param failingSince       when the first of them did; null if the last attempt succeeded
/// @param warning            the highest warning given on the way to being disabled, in per cent; 0 for none
/// @param disabledReason     why it is given up; null while it is not
/// @param last               what the last failed attempt observed
public record Health(
        UUID destinationId,
        String organizationId,
        long destinationVersion,
        long fingerprint,
        @Nullable Instant openUntil,
        int trips,
        int failures,
        @Nullable Instant failingSince,
        int warning,
        @Nullable String disabledReason,
        @Nullable LastFailure last) {

    /// It said that it is gone for good.
    public static final String GONE = "gone";

    /// Nothing but failures, for long.
    public static final String FAILING = "failing";

    /// Nothing is wrong.
    public static Health well(Destination destination) {
        return new Health(
                destination.id(),
                destination.organizationId(),
                destination.version(),
                destination.fingerprint(),
                null,
                0,
                0,
                null,
                0,
                null,
                null);
    }

    /// Whether there is nothing to tell.
    public boolean isWell() {
        return failures == 0 && trips == 0 && openUntil == null && disabledReason == null;
    }

    /// What is known of a destination from its deliveries and from its last test together.
    ///
    /// @param told   by its lane; null if well
    /// @param tested by its last test; null if there is none that failed
    public static @Nullable Health of(@Nullable Health told, @Nullable Health tested) {
        if (told == null || tested == null) {
            return told == null ? tested : told;
        }
        Instant until = tested.openUntil();
        boolean longer =
                until != null && (told.openUntil() == null || told.openUntil().isBefore(until));
        return longer ? told.withBreaker(until, told.trips()) : told;
    }

    public boolean isAbout(Destination destination) {
        return destination.id().equals(destinationId)
                && destination.version() == destinationVersion
                && (fingerprint == 0 || fingerprint == destination.fingerprint());
    }

    public boolean isOpen(Instant now) {
        return openUntil != null && now.isBefore(openUntil);
    }

    public boolean isDisabled() {
        return disabledReason != null;
    }

    /// After one more attempt that failed.
    public Health failed(LastFailure failure, Policy policy, Instant now) {
        AutoDisable limits = policy.autoDisable();
        Instant since = failingSince == null ? now : failingSince;
        int progress = limits.progress(failures + 1, since, now);
        String disabled = disabledReason;
        boolean isFinal = !policy.retryableCodes().contains(AutoDisable.GONE);
        if (disabled == null && limits.onGone() && isFinal && isGone(failure)) {
            disabled = GONE;
        } else if (disabled == null && progress == 100) {
            disabled = FAILING;
        }
        int warned = Math.max(warning, AutoDisable.warning(progress));
        return new Health(
                destinationId,
                organizationId,
                destinationVersion,
                fingerprint,
                openUntil,
                trips,
                failures + 1,
                since,
                warned,
                disabled,
                failure);
    }

    private static boolean isGone(LastFailure failure) {
        Integer code = failure.responseCode();
        return code != null && code == AutoDisable.GONE;
    }

    /// After an attempt that succeeded. The breaker and a disabled destination stay as they are.
    public Health succeeded() {
        return new Health(
                destinationId,
                organizationId,
                destinationVersion,
                fingerprint,
                openUntil,
                trips,
                0,
                null,
                0,
                disabledReason,
                last);
    }

    /// The breaker opens, once more in a row.
    ///
    /// @param time for how long
    public Health opened(Duration time, Instant now) {
        return withBreaker(now.plus(time), trips + 1);
    }

    public Health closed() {
        return withBreaker(null, 0);
    }

    private Health withBreaker(@Nullable Instant until, int times) {
        return new Health(
                destinationId,
                organizationId,
                destinationVersion,
                fingerprint,
                until,
                times,
                failures,
                failingSince,
                warning,
                disabledReason,
                last);
    }
}
