package dev.waybill.worker.telemetry;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// W3C trace context in record headers.
public final class TraceHeaders {

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<Headers> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
            return W3C.fields();
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String key) {
            Header header = headers == null ? null : headers.lastHeader(key);
            return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    };

    private TraceHeaders() {}

    /// The context that the headers carry; the root context where they carry none.
    public static Context extract(Headers headers) {
        return W3C.extract(Context.root(), headers, GETTER);
    }

    /// The headers with the context in place of the one they carried.
    public static Headers replace(Headers headers, Context context) {
        RecordHeaders replaced = new RecordHeaders();
        for (Header header : headers) {
            if (!W3C.fields().contains(header.key())) {
                replaced.add(header);
            }
        }
        inject(context).forEach((key, value) -> replaced.add(key, value.getBytes(StandardCharsets.UTF_8)));
        return replaced;
    }

    /// The context as headers.
    public static Map<String, String> inject(Context context) {
        Map<String, String> carrier = new HashMap<>();
        W3C.inject(context, carrier, (map, key, value) -> {
            if (map != null) {
                map.put(key, value);
            }
        });
        return carrier;
    }

    /// The trace context of the headers as it is, unchecked: for a worker that records no spans itself.
    public static Map<String, String> passOn(Headers headers) {
        String parent = GETTER.get(headers, dev.waybill.schemas.Headers.TRACEPARENT);
        if (parent == null) {
            return Map.of();
        }
        String state = GETTER.get(headers, dev.waybill.schemas.Headers.TRACESTATE);
        return state == null
                ? Map.of(dev.waybill.schemas.Headers.TRACEPARENT, parent)
                : Map.of(
                        dev.waybill.schemas.Headers.TRACEPARENT, parent, dev.waybill.schemas.Headers.TRACESTATE, state);
    }
}
