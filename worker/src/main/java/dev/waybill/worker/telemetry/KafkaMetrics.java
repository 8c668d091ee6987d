package dev.waybill.worker.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;

/// The metrics that Kafka's clients and Streams keep of themselves, read when somebody asks.
public final class KafkaMetrics implements MetricProducer {

    private static final String GROUP_SUFFIX = "-metrics";

    private final Map<MetricName, KafkaMetric> metrics = new ConcurrentHashMap<>();

    /// Settings that make a Kafka client report here.
    public Map<String, Object> clientSettings() {
        return Map.of("metric.reporters", KafkaMetricsReporter.class.getName(), KafkaMetricsReporter.TARGET, this);
    }

    void put(KafkaMetric metric) {
        metrics.put(metric.metricName(), metric);
    }

    void remove(KafkaMetric metric) {
        metrics.remove(metric.metricName());
    }

    @Override
    public Collection<MetricData> produce(Resource resource) {
        Instant now = Instant.now();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        Map<String, List<DoublePointData>> points = new TreeMap<>();
        metrics.values().forEach(metric -> {
            if (metric.metricValue() instanceof Number number && Double.isFinite(number.doubleValue())) {
                points.computeIfAbsent(name(metric.metricName()), _ -> new ArrayList<>())
                        .add(DoublePointData.create(
                                nanos, nanos, attributes(metric.metricName()), number.doubleValue(), List.of()));
            }
        });
        List<MetricData> data = new ArrayList<>();
        points.forEach((name, values) -> data.add(new KafkaGauge(resource, name, values)));
        return data;
    }

    /// For example `kafka.consumer_fetch_manager.records_lag_max`.
    static String name(MetricName name) {
        String group = name.group();
        String family =
                group.endsWith(GROUP_SUFFIX) ? group.substring(0, group.length() - GROUP_SUFFIX.length()) : group;
        return (Names.KAFKA + family + "." + name.name()).replace('-', '_');
    }

    private static Attributes attributes(MetricName name) {
        AttributesBuilder builder = Attributes.builder();
        name.tags().forEach((key, value) -> builder.put(key.replace('-', '_'), value));
        return builder.build();
    }
}
