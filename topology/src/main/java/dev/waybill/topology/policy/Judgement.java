package dev.waybill.topology.policy;

/// What an outcome says about the destination, beside what it means for the delivery.
public enum Judgement {
    /// It takes deliveries.
    WELL,
    /// It is there and answers, but did not take this one: no reason to leave it alone, and no sign that it works.
    REFUSES,
    /// It does not work, or asks for less.
    FAILS,
    /// Nothing: the fault was ours or the payload's.
    NONE;

    public static Judgement of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered() -> WELL;
            case Outcome.Permanent(Fault fault) -> fault.category() == ErrorCategory.PAYLOAD ? NONE : REFUSES;
            case Outcome.Retryable _, Outcome.Throttled _, Outcome.Ambiguous _ -> FAILS;
            case Outcome.OurFault _ -> NONE;
        };
    }
}
