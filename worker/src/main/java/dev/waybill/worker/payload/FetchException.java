package dev.waybill.worker.payload;

import dev.waybill.topology.policy.Outcome;

/// A payload cannot be had.
final class FetchException extends Exception {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // never serialized
    private final Outcome.Failed outcome;

    FetchException(Outcome.Failed outcome) {
        super(outcome.fault().code());
        this.outcome = outcome;
    }

    Outcome.Failed outcome() {
        return outcome;
    }
}
