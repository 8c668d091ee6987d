package dev.waybill.topology.policy;

import java.time.Instant;

/// What happens after an attempt.
public sealed interface Decision {

    /// The route is delivered.
    record Complete() implements Decision {}

    /// The same candidate again.
    ///
    /// @param at      not before this time
    /// @param charged whether the attempt counts against the candidate's maximum
    record Retry(Instant at, boolean charged) implements Decision {}

    /// The next candidate, at once.
    record FailOver(String reason) implements Decision {}

    /// The route has failed; its task goes to the dead letters.
    record DeadLetter(String reason) implements Decision {}

    /// The delivery's end has come.
    record Expire() implements Decision {}
}
