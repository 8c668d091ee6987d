package dev.waybill.worker.sink;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.io.IOException;

/// Outcomes of what can go wrong in any sink before it turns to its destination.
public final class Failures {

    private Failures() {}

    /// The organization may not use the secret its settings name.
    public static Outcome.Failed of(SecretNotAllowedException e) {
        return new Outcome.Permanent(Fault.of(ErrorCategory.CONFIGURATION, "secret_not_allowed", e.getMessage()));
    }

    /// The secret cannot be read now.
    public static Outcome.Failed of(SecretUnavailableException e) {
        return new Outcome.OurFault(Fault.of(ErrorCategory.AUTHENTICATION, "secret_unavailable", e.getMessage()));
    }

    /// The bytes of the payload, which are ours by now, cannot be read.
    public static Outcome.Failed unreadable(IOException e) {
        return new Outcome.OurFault(Fault.of(
                ErrorCategory.PAYLOAD, "payload_unreadable", e.getClass().getSimpleName()));
    }

    /// The payload is a reference, and this sink takes inline payloads only.
    public static Outcome.Failed payloadByReference() {
        return new Outcome.Permanent(
                Fault.of(ErrorCategory.PAYLOAD, "payload_by_reference", "payload.uri is not allowed by this worker"));
    }
}
