package dev.waybill.worker.delivery;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/// Watches attempts: tracing, metrics and the wide log line hang here. Called on the attempt's own thread.
public interface AttemptObserver {

    /// Watches nothing.
    AttemptObserver NONE = (task, destination, headers) -> Observation.NONE;

    /// An attempt begins.
    ///
    /// @param headers of the task's record, which may carry the trace context
    Observation begin(Task task, Destination destination, Headers headers);

    /// One attempt that is being watched.
    interface Observation {

        Observation NONE = new Observation() {
            @Override
            public Map<String, String> traceHeaders() {
                return Map.of();
            }

            @Override
            public void end(AttemptReport report, Decision decision) {}
        };

        /// Trace context to hand on to the receiver and to the records that the attempt writes.
        Map<String, String> traceHeaders();

        /// The attempt ended and this was decided.
        void end(AttemptReport report, Decision decision);

        /// The attempt does not count: a batch was refused as a whole, and goes again in parts.
        default void abandon() {}
    }
}
