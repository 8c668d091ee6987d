package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a server said to each recipient of a message, and what follows from it.
///
/// @param accepted how many it takes
/// @param refused  what it said to the others
record Envelope(int accepted, List<Reply> refused) {

    /// What a report says of recipients, beside headers of answers that other providers have.
    private static final String ACCEPTED = "recipients-accepted";

    private static final String REFUSED = "recipients-refused";
    private static final String CODES = "recipients-refused-codes";

    Envelope {
        refused = List.copyOf(refused);
    }

    static Envelope of(List<Reply> replies) {
        List<Reply> refused = new ArrayList<>();
        for (Reply reply : replies) {
            if (!reply.isPositive()) {
                refused.add(reply);
            }
        }
        return new Envelope(replies.size() - refused.size(), refused);
    }

    /// The refusal that keeps the message from everybody; null if it may be sent.
    ///
    /// A delivery is one for all its recipients: were it sent to some and tried again for the others, the
    /// first would have it twice. So whoever is refused for now holds all of them up, and whoever is
    /// refused for good ends the delivery, or is left out.
    @Nullable
    Reply obstacle(OnRefused onRefused, SmtpOutcomes outcomes) {
        Reply passing = null;
        Reply lasting = null;
        for (Reply reply : refused) {
            if (outcomes.refused(Step.RCPT, reply) instanceof Outcome.Permanent) {
                lasting = lasting == null ? reply : lasting;
            } else {
                passing = passing == null ? reply : passing;
            }
        }
        if (onRefused == OnRefused.FAIL && lasting != null) {
            return lasting;
        }
        if (passing != null) {
            return passing;
        }
        return accepted == 0 ? lasting : null;
    }

    /// For the report: nothing where all were accepted.
    Map<String, String> facts() {
        if (refused.isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> codes = new TreeMap<>();
        refused.forEach(reply -> codes.merge(reply.codes(), 1, Integer::sum));
        List<String> told = new ArrayList<>();
        codes.forEach((code, count) -> told.add(count + " x " + code));
        return Map.of(
                ACCEPTED, Integer.toString(accepted),
                REFUSED, Integer.toString(refused.size()),
                CODES, String.join(", ", told));
    }
}
