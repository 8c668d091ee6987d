package dev.waybill.worker.telemetry;

import dev.waybill.topology.RouterTracing;
import dev.waybill.worker.config.TelemetrySettings;
import dev.waybill.worker.delivery.AttemptObserver;
import dev.waybill.worker.projector.ProjectorTracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// OpenTelemetry of one process: where metrics and traces go, and the instruments that the parts are given.
///
/// Without a collector no spans are made; without a collector and Prometheus no metrics either.
public final class Telemetry implements AutoCloseable {

    /// Of the last export at a stop; a collector that is away must not hold up the process.
    private static final int FLUSH_SECONDS = 3;

    private final KafkaMetrics kafka = new KafkaMetrics();
    private final @Nullable SdkMeterProvider meters;
    private final @Nullable SdkTracerProvider tracers;
    private final @Nullable PrometheusMetricReader prometheus;
    private final Meter meter;
    private final AttemptObserver attempts;

    public Telemetry(TelemetrySettings settings, String workerId, String version) {
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"), "waybill",
                        AttributeKey.stringKey("service.version"), version,
                        AttributeKey.stringKey("service.instance.id"), workerId)));
        this.prometheus = settings.prometheus()
                ? PrometheusMetricReader.builder()
                        .setOtelScopeLabelsEnabled(false)
                        .build()
                : null;
        this.meters = meters(settings, resource);
        this.tracers = tracers(settings, resource);
        this.meter = (meters == null ? MeterProvider.noop() : meters).get(Names.SCOPE);
        this.attempts =
                new AttemptTelemetry(tracer(), new AttemptCounters(meter), new AttemptLog(settings.logAllAttempts()));
    }

    private @Nullable SdkMeterProvider meters(TelemetrySettings settings, Resource resource) {
        if (prometheus == null && settings.otlp().isEmpty()) {
            return null;
        }
        SdkMeterProviderBuilder builder =
                SdkMeterProvider.builder().setResource(resource).registerMetricProducer(kafka);
        if (prometheus != null) {
            builder.registerMetricReader(prometheus);
        }
        settings.otlp()
                .ifPresent(endpoint -> builder.registerMetricReader(PeriodicMetricReader.create(
                        OtlpGrpcMetricExporter.builder().setEndpoint(endpoint).build())));
        return builder.build();
    }

    private static @Nullable SdkTracerProvider tracers(TelemetrySettings settings, Resource resource) {
        return settings.otlp()
                .map(endpoint -> SdkTracerProvider.builder()
                        .setResource(resource)
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.sampleRatio())))
                        .addSpanProcessor(BatchSpanProcessor.builder(OtlpGrpcSpanExporter.builder()
                                        .setEndpoint(endpoint)
                                        .build())
                                .build())
                        .build())
                .orElse(null);
    }

    private @Nullable Tracer tracer() {
        return tracers == null ? null : tracers.get(Names.SCOPE);
    }

    public Meter meter() {
        return meter;
    }

    /// Where spans go, if anywhere.
    public Optional<Tracer> tracing() {
        return Optional.ofNullable(tracer());
    }

    public AttemptObserver attempts() {
        return attempts;
    }

    public RouterTracing router() {
        return tracing().<RouterTracing>map(RouterSpans::new).orElse(RouterTracing.NONE);
    }

    public ProjectorTracing projector(InstantSource clock) {
        return tracing()
                .<ProjectorTracing>map(tracer -> new ProjectorSpans(tracer, clock))
                .orElse(ProjectorTracing.NONE);
    }

    /// Settings that make a Kafka client report its own metrics here; empty where nobody would see them.
    public Map<String, Object> kafkaSettings() {
        return meters == null ? Map.of() : kafka.clientSettings();
    }

    /// Whether there is something to scrape.
    public boolean isScraped() {
        return prometheus != null;
    }

    /// Writes all metrics in Prometheus' text format.
    public void scrape(OutputStream out) throws IOException {
        if (prometheus != null) {
            PrometheusTextFormatWriter.builder().build().write(out, prometheus.collect());
        }
    }

    @Override
    public void close() {
        if (tracers != null) {
            tracers.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
        }
        if (meters != null) {
            meters.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
        }
    }
}
