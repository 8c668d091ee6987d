package dev.waybill.worker.delivery;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What a lane learns from an attempt.
///
/// @param latency how long it took
/// @param at      when it ended, by the wall clock
record Observed(Outcome outcome, Duration latency, Instant at) {

    static Observed of(AttemptReport report, Instant at) {
        return new Observed(report.outcome(), report.phases().total(), at);
    }

    /// What a batch says of its destination: that it works if it took any member.
    static Observed ofBatch(List<Observed> members) {
        return members.stream()
                .filter(one -> one.outcome() instanceof Outcome.Delivered)
                .findFirst()
                .orElse(members.getFirst());
    }
}
