package dev.waybill.worker.telemetry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.jspecify.annotations.Nullable;

/// Made by each Kafka client, tells [KafkaMetrics] what the client measures.
public final class KafkaMetricsReporter implements MetricsReporter {

    /// The client's setting that holds the [KafkaMetrics] to report to.
    static final String TARGET = "waybill.kafka.metrics";

    private final Set<KafkaMetric> reported = ConcurrentHashMap.newKeySet();
    private @Nullable KafkaMetrics target;

    @Override
    public void configure(Map<String, ?> configs) {
        target = configs.get(TARGET) instanceof KafkaMetrics metrics ? metrics : null;
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        if (target != null) {
            target.put(metric);
            reported.add(metric);
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        if (target != null) {
            target.remove(metric);
            reported.remove(metric);
        }
    }

    /// A client that closes does not take all of its metrics back itself.
    @Override
    public void close() {
        reported.forEach(this::metricRemoval);
    }
}
