package dev.waybill.worker.sink.aws;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;

/// Decides what it means for a delivery that its role was not assumed. Nothing of it was sent yet.
final class StsOutcomes {

    private StsOutcomes() {}

    static Outcome.Failed of(AwsResult.Refused<?> refused) {
        String code = refused.code();
        if (AwsCodes.isThrottle(refused)) {
            return new Outcome.Throttled(
                    fault(ErrorCategory.THROTTLED, refused, "STS asks for less"), refused.retryAfter());
        }
        if (refused.status() >= 500 || code.equals("IDPCommunicationError")) {
            return new Outcome.Retryable(
                    fault(ErrorCategory.RESPONSE, refused, "STS has trouble of its own"), refused.retryAfter());
        }
        return new Outcome.Permanent(fault(ErrorCategory.AUTHENTICATION, refused, "the role may not be assumed"));
    }

    /// A lost answer of STS is no lost delivery.
    static Outcome.Failed nothingSent(Outcome.Failed outcome) {
        return outcome instanceof Outcome.Ambiguous(Fault fault) ? new Outcome.Retryable(fault, null) : outcome;
    }

    private static Fault fault(ErrorCategory category, AwsResult.Refused<?> refused, String message) {
        return new Fault(category, AwsCodes.faultCode("sts", refused), message, refused.status());
    }
}
