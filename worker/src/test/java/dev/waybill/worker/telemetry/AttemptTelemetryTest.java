package dev.waybill.worker.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.delivery.AttemptObserver.Observation;
import dev.waybill.worker.sink.Samples;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AttemptTelemetryTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final String SECRET = "s3cret-payload";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final SdkTracerProvider tracers = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build();
    private final Tracer tracer = tracers.get("test");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Destination destination =
            Samples.destination(Kind.WEBHOOK, "webhook", Map.of("signing.secret", SECRET));
    private final Task task = new Task(
            Samples.attempt("d-1", Samples.body(SECRET)).delivery(),
            Route.start(
                    0,
                    1,
                    new RuleRef("all", 3, "weighted", 1, 0),
                    List.of(destination.id().toString())),
            destination);

    @BeforeEach
    void listen() {
        lines.start();
        ((Logger) LoggerFactory.getLogger(AttemptLog.LOGGER)).setLevel(ch.qos.logback.classic.Level.INFO);
        ((Logger) LoggerFactory.getLogger(AttemptLog.LOGGER)).addAppender(lines);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger(AttemptLog.LOGGER)).detachAppender(lines);
        tracers.close();
    }

    @Test
    void an_attempt_is_a_span_of_the_producers_trace_and_hands_it_on() {
        Observation observation = observe(tracer, traced());
        assertThat(observation.traceHeaders().get("traceparent"))
                .startsWith("00-" + TRACE)
                .isNotEqualTo(PARENT);
        observation.end(failed(), new Decision.Retry(Instant.EPOCH, true));
        SpanData span = spans.getFinishedSpanItems().getFirst();
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(observation.traceHeaders().get("traceparent")).contains(span.getSpanId());
        assertThat(span.getAttributes().asMap())
                .containsEntry(Names.ORGANIZATION, "acme")
                .containsEntry(Names.DELIVERY, "d-1")
                .containsEntry(Names.DESTINATION, destination.id().toString())
                .containsEntry(Names.KIND, "webhook")
                .containsEntry(Names.PROVIDER, "webhook")
                .containsEntry(Names.PAYLOAD_TYPE, "audit.report")
                .containsEntry(Names.ATTEMPT, 1L)
                .containsEntry(Names.RULE, "all")
                .containsEntry(Names.RULE_VERSION, 3L)
                .containsEntry(Names.RULE_SELECTION, "weighted")
                .containsEntry(Names.RULE_TIER, "primary")
                .containsEntry(Names.OUTCOME, "retryable")
                .containsEntry(Names.ERROR_CATEGORY, "response")
                .containsEntry(Names.ERROR_CODE, "http_503");
        assertThat(span.toString()).doesNotContain(SECRET);
    }

    @Test
    void resolution_and_attempt_are_in_one_trace() {
        Headers routed = new RouterSpans(tracer).resolved(traced(), task.delivery(), 1, "all", Instant.EPOCH);
        observe(tracer, routed).end(delivered(), new Decision.Complete());
        Map<String, SpanData> byName =
                spans.getFinishedSpanItems().stream().collect(Collectors.toMap(SpanData::getName, span -> span));
        assertThat(byName.keySet()).containsExactlyInAnyOrder("resolve", "attempt");
        SpanData resolve = byName.get("resolve");
        SpanData attempt = byName.get("attempt");
        assertThat(resolve).isNotNull();
        assertThat(attempt).isNotNull().extracting(SpanData::getParentSpanId).isEqualTo(resolve.getSpanId());
    }

    @Test
    void without_a_collector_the_context_is_passed_on_as_it_is() {
        assertThat(observe(null, traced()).traceHeaders()).containsExactly(Map.entry("traceparent", PARENT));
        assertThat(observe(null, new RecordHeaders()).traceHeaders()).isEmpty();
    }

    @Test
    void an_attempt_is_one_line_with_a_fixed_vocabulary() {
        observe(null, new RecordHeaders()).end(failed(), new Decision.Retry(Instant.EPOCH, true));
        ILoggingEvent line = lines.list.getFirst();
        assertThat(line.getKeyValuePairs().stream().map(pair -> pair.key))
                .containsExactly(
                        "delivery",
                        "organization",
                        "destination",
                        "kind",
                        "provider",
                        "route",
                        "attempt",
                        "outcome",
                        "decision",
                        "ms",
                        "payload_type",
                        "bytes",
                        "code",
                        "error",
                        "category",
                        "rule");
        assertThat(lines.list).hasSize(1);
        assertThat(json(line))
                .doesNotContain(SECRET)
                .contains("\"outcome\":\"retryable\"", "\"ms\":20", "\"code\":503");
    }

    @Test
    void lines_of_delivered_attempts_can_be_left_out() {
        AttemptCounters counters = new AttemptCounters(MeterProvider.noop().get("test"));
        AttemptTelemetry quiet = new AttemptTelemetry(null, counters, new AttemptLog(false));
        quiet.begin(task, destination, new RecordHeaders()).end(delivered(), new Decision.Complete());
        assertThat(lines.list).isEmpty();
        quiet.begin(task, destination, new RecordHeaders()).end(failed(), new Decision.FailOver("permanent"));
        assertThat(lines.list).hasSize(1);
    }

    private Observation observe(@Nullable Tracer with, Headers headers) {
        AttemptCounters counters = new AttemptCounters(MeterProvider.noop().get("test"));
        return new AttemptTelemetry(with, counters, new AttemptLog(true)).begin(task, destination, headers);
    }

    private static String json(ILoggingEvent event) {
        return new String(new JsonLines().encode(event), UTF_8);
    }

    private static Headers traced() {
        return new RecordHeaders().add("traceparent", PARENT.getBytes(UTF_8));
    }

    private static AttemptReport delivered() {
        return AttemptReport.of(new Outcome.Delivered(), Instant.EPOCH, Duration.ofMillis(20));
    }

    private static AttemptReport failed() {
        Fault fault = new Fault(ErrorCategory.RESPONSE, "http_503", "the receiver says 503", 503);
        return new AttemptReport(
                new Outcome.Retryable(fault, null),
                503,
                Map.of(),
                SECRET,
                null,
                null,
                AttemptReport.Phases.total(Duration.ofMillis(20)),
                Instant.EPOCH);
    }
}
