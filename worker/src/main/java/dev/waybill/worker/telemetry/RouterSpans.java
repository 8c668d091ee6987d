package dev.waybill.worker.telemetry;

import dev.waybill.topology.RouterTracing;
import dev.waybill.topology.model.Delivery;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// One span for each resolution.
public final class RouterSpans implements RouterTracing {

    private final Tracer tracer;

    public RouterSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Headers resolved(Headers headers, Delivery delivery, int routes, @Nullable String rule, Instant began) {
        Context parent = TraceHeaders.extract(headers);
        SpanBuilder builder = tracer.spanBuilder(Names.SPAN_RESOLVE)
                .setParent(parent)
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(began)
                .setAttribute(Names.ORGANIZATION, delivery.organizationId())
                .setAttribute(Names.DELIVERY, delivery.id())
                .setAttribute(Names.PAYLOAD_TYPE, delivery.request().payload().type())
                .setAttribute(Names.ROUTES, (long) routes);
        if (rule != null) {
            builder.setAttribute(Names.RULE, rule);
        }
        Span span = builder.startSpan();
        span.end();
        return TraceHeaders.replace(headers, parent.with(span));
    }
}
