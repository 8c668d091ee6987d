package dev.waybill.worker.sink.aws;

import dev.waybill.topology.policy.Outcome;
import java.io.IOException;

/// Carries through the SDK why a request got no answer.
final class NoAnswerException extends IOException {

    private static final long serialVersionUID = 1;

    private final transient Outcome.Failed outcome;

    NoAnswerException(Outcome.Failed outcome) {
        super("no answer: " + outcome.fault().code());
        this.outcome = outcome;
    }

    Outcome.Failed outcome() {
        return outcome;
    }
}
