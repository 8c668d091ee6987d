package dev.waybill.worker.telemetry;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.RuleChoice;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.delivery.AttemptObserver;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Gives every attempt its metrics, its log line and, where traces are recorded, its span.
public final class AttemptTelemetry implements AttemptObserver {

    private final @Nullable Tracer tracer;
    private final AttemptCounters counters;
    private final AttemptLog log;

    /// @param tracer null where no traces are recorded; the producer's trace context is then passed on as it is
    public AttemptTelemetry(@Nullable Tracer tracer, AttemptCounters counters, AttemptLog log) {
        this.tracer = tracer;
        this.counters = counters;
        this.log = log;
    }

    @Override
    public Observation begin(Task task, Destination destination, Headers headers) {
        if (tracer == null) {
            return new Watched(task, destination, TraceHeaders.passOn(headers), null);
        }
        Context parent = TraceHeaders.extract(headers);
        Span span = tracer.spanBuilder(Names.SPAN_ATTEMPT)
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(Names.ORGANIZATION, destination.organizationId())
                .setAttribute(Names.DELIVERY, task.delivery().id())
                .setAttribute(Names.DESTINATION, destination.id().toString())
                .setAttribute(Names.KIND, destination.kind().wireName())
                .setAttribute(Names.PROVIDER, destination.provider())
                .setAttribute(
                        Names.PAYLOAD_TYPE, task.delivery().request().payload().type())
                .setAttribute(Names.ATTEMPT, (long) task.route().attempt())
                .startSpan();
        RuleChoice rule = task.route().choice();
        if (rule != null) {
            span.setAttribute(Names.RULE, rule.ruleId())
                    .setAttribute(Names.RULE_VERSION, rule.version())
                    .setAttribute(Names.RULE_SELECTION, rule.selection())
                    .setAttribute(Names.RULE_TIER, rule.tier().wireName());
        }
        return new Watched(task, destination, TraceHeaders.inject(parent.with(span)), span);
    }

    private final class Watched implements Observation {

        private final Task task;
        private final Destination destination;
        private final Map<String, String> traceHeaders;
        private final @Nullable Span span;

        Watched(Task task, Destination destination, Map<String, String> traceHeaders, @Nullable Span span) {
            this.task = task;
            this.destination = destination;
            this.traceHeaders = traceHeaders;
            this.span = span;
        }

        @Override
        public Map<String, String> traceHeaders() {
            return traceHeaders;
        }

        @Override
        public void end(AttemptReport report, Decision decision) {
            counters.ended(task, destination, report);
            log.ended(task, destination, report, decision, span);
            if (span != null) {
                finish(span, report, decision);
            }
        }

        private static void finish(Span span, AttemptReport report, Decision decision) {
            span.setAttribute(Names.OUTCOME, AttemptCounters.outcome(report));
            span.setAttribute(Names.DECISION, decision.getClass().getSimpleName());
            if (report.outcome() instanceof Outcome.Failed failed) {
                Fault fault = failed.fault();
                span.setAttribute(Names.ERROR_CATEGORY, fault.category().wireName());
                span.setAttribute(Names.ERROR_CODE, fault.code());
                span.setStatus(StatusCode.ERROR, fault.code());
            }
            span.end();
        }
    }
}
