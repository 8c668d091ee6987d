package dev.waybill.worker.sink;

import dev.waybill.topology.model.AttemptReport;
import java.util.Collections;
import java.util.List;

/// What came of a call that carried several payloads.
public sealed interface BatchReport {

    /// Every member has its own outcome.
    ///
    /// @param reports in the order of the members
    record Members(List<AttemptReport> reports) implements BatchReport {

        public Members {
            reports = List.copyOf(reports);
        }
    }

    /// Certainly no member was delivered, and what stood in the way may be the size or one of the
    /// members: smaller batches are tried at once, and nobody is charged.
    ///
    /// @param report   what the call saw; the outcome of a member that is alone
    /// @param tooLarge whether the size was it
    record Refused(AttemptReport report, boolean tooLarge) implements BatchReport {}

    /// The same outcome for each member.
    static BatchReport all(int members, AttemptReport report) {
        return new Members(Collections.nCopies(members, report));
    }
}
