package dev.waybill.topology.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What an attempt observed.
public sealed interface Outcome {

    /// The receiver or provider accepted the payload.
    record Delivered() implements Outcome {}

    /// It was certainly not delivered, and trying again may help.
    ///
    /// @param retryAfter how long the receiver asked to wait, where it did
    record Retryable(Fault fault, @Nullable Duration retryAfter) implements Outcome, Failed {}

    /// It was certainly not delivered, because the receiver wants less traffic.
    ///
    /// @param retryAfter how long the receiver asked to wait, where it did
    record Throttled(Fault fault, @Nullable Duration retryAfter) implements Outcome, Failed {}

    /// It was certainly not delivered, and trying again will not help.
    record Permanent(Fault fault) implements Outcome, Failed {}

    /// It is unknown whether it was delivered: the request was sent, the answer did not come.
    record Ambiguous(Fault fault) implements Outcome, Failed {}

    /// It did not reach the destination for a reason on our side; the destination is not charged.
    record OurFault(Fault fault) implements Outcome, Failed {}

    /// An outcome that is not a delivery.
    sealed interface Failed extends Outcome permits Retryable, Throttled, Permanent, Ambiguous, OurFault {
        Fault fault();
    }
}
