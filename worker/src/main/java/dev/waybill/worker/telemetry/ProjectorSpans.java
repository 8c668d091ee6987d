package dev.waybill.worker.telemetry;

import dev.waybill.schemas.Headers;
import dev.waybill.worker.projector.ProjectorTracing;
import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.fold.Target;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// One span for each projected event that belongs to a trace.
public final class ProjectorSpans implements ProjectorTracing {

    private final Tracer tracer;
    private final InstantSource clock;

    public ProjectorSpans(Tracer tracer, InstantSource clock) {
        this.tracer = tracer;
        this.clock = clock;
    }

    @Override
    public boolean follows(org.apache.kafka.common.header.Headers headers) {
        return headers.lastHeader(Headers.TRACEPARENT) != null;
    }

    @Override
    public Passage begin(List<Event> events) {
        Instant began = clock.instant();
        return () -> events.forEach(event -> span(event, began));
    }

    private void span(Event traced, Instant began) {
        DeliveryEvent event = traced.event();
        SpanBuilder builder = tracer.spanBuilder(Names.SPAN_PROJECT)
                .setParent(TraceHeaders.extract(traced.headers()))
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(began)
                .setAttribute(Names.ORGANIZATION, event.request().organizationId())
                .setAttribute(Names.DELIVERY, event.request().deliveryId())
                .setAttribute(Names.PAYLOAD_TYPE, event.request().payloadType())
                .setAttribute(Names.ATTEMPT, (long) event.attempt());
        Target target = event.target();
        if (target != null) {
            builder.setAttribute(Names.DESTINATION, target.destinationId().toString());
            if (target.kind() != null) {
                builder.setAttribute(Names.KIND, target.kind());
            }
            if (target.provider() != null) {
                builder.setAttribute(Names.PROVIDER, target.provider());
            }
        }
        if (event.ruleId() != null) {
            builder.setAttribute(Names.RULE, event.ruleId());
        }
        builder.startSpan().end(clock.instant());
    }
}
