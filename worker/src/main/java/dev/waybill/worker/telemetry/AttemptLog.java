package dev.waybill.worker.telemetry;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/// One wide line for each attempt, with a fixed vocabulary of keys; never a payload, a secret or a receiver's text.
public final class AttemptLog {

    /// Name of the logger.
    public static final String LOGGER = "waybill.attempts";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final double NANOS_PER_MILLI = 1e6;

    private final Level delivered;

    /// @param all whether attempts that delivered are logged too, at the level of those that failed
    public AttemptLog(boolean all) {
        this.delivered = all ? Level.INFO : Level.DEBUG;
    }

    void ended(Task task, Destination destination, AttemptReport report, Decision decision, @Nullable Span span) {
        Level level = report.outcome() instanceof Outcome.Delivered ? delivered : Level.INFO;
        if (!LOG.isEnabledForLevel(level)) {
            return;
        }
        LoggingEventBuilder line = LOG.atLevel(level)
                .addKeyValue("delivery", task.delivery().id())
                .addKeyValue("organization", destination.organizationId())
                .addKeyValue("destination", destination.id())
                .addKeyValue("kind", destination.kind().wireName())
                .addKeyValue("provider", destination.provider())
                .addKeyValue("route", task.route().number())
                .addKeyValue("attempt", task.route().attempt())
                .addKeyValue("outcome", AttemptCounters.outcome(report))
                .addKeyValue("decision", decision.getClass().getSimpleName())
                .addKeyValue("ms", Math.round(report.phases().total().toNanos() / NANOS_PER_MILLI))
                .addKeyValue("payload_type", task.delivery().request().payload().type())
                .addKeyValue("bytes", task.delivery().payloadSize());
        if (report.responseCode() != null) {
            line = line.addKeyValue("code", report.responseCode());
        }
        if (report.outcome() instanceof Outcome.Failed failed) {
            Fault fault = failed.fault();
            line = line.addKeyValue("error", fault.code())
                    .addKeyValue("category", fault.category().wireName());
        }
        RuleRef rule = task.route().rule();
        if (rule != null) {
            line = line.addKeyValue("rule", rule.ruleId());
        }
        if (span != null && span.getSpanContext().isValid()) {
            line = line.addKeyValue("trace", span.getSpanContext().getTraceId());
        }
        line.log("attempt");
    }
}
