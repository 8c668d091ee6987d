package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.model.AttemptReport.Phases;
import dev.waybill.topology.policy.Outcome;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What came of sending a message.
///
/// @param reply the last one that decided it; null if there was none, or if it answers credentials
/// @param facts about the recipients, where not all were accepted
record Sent(
        Outcome outcome,
        @Nullable Reply reply,
        Map<String, String> facts,
        long bytesSent,
        @Nullable String remoteAddress,
        Phases phases) {

    Sent {
        facts = Map.copyOf(facts);
    }
}
