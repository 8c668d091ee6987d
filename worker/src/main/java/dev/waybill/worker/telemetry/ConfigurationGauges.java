package dev.waybill.worker.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Tells how far the configuration has been read: what was produced, as the API of any worker has seen it, against what
/// a
/// router has applied. A router that stays behind decides by old rules.
///
/// Both are the offset after the newest record of a topic's partition, of which configuration topics have one.
public final class ConfigurationGauges {

    private ConfigurationGauges() {}

    /// Registers the gauge of what has been produced.
    ///
    /// @param topics   the configuration topics
    /// @param produced by topic; none while nothing has been read of it
    public static void produced(Meter meter, List<String> topics, Function<String, Optional<Long>> produced) {
        register(meter, Names.CONFIGURATION_PRODUCED, "The newest configuration record there is", topics, produced);
    }

    /// Registers the gauge of what a router has applied.
    ///
    /// @param applied by topic; none while nothing has been read of it
    public static void applied(Meter meter, List<String> topics, Function<String, Optional<Long>> applied) {
        register(
                meter,
                Names.CONFIGURATION_APPLIED,
                "The newest configuration record this router goes by",
                topics,
                applied);
    }

    private static void register(
            Meter meter, String name, String description, List<String> topics, Function<String, Optional<Long>> next) {
        meter.gaugeBuilder(name)
                .ofLongs()
                .setDescription(description + ": the offset after it")
                .setUnit("{record}")
                .buildWithCallback(gauge -> topics.forEach(topic -> next.apply(topic)
                        .ifPresent(offset ->
                                gauge.record(offset, Attributes.of(Names.TOPIC, topic, Names.PARTITION, 0L)))));
    }
}
