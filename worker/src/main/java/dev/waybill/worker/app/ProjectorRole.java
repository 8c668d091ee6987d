package dev.waybill.worker.app;

import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.ops.Health;
import dev.waybill.worker.projector.ProjectionSettings;
import dev.waybill.worker.projector.Projector;
import dev.waybill.worker.projector.store.Database;
import dev.waybill.worker.telemetry.ProjectorCounters;
import dev.waybill.worker.telemetry.Telemetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Runs the projector in this process.
final class ProjectorRole implements AutoCloseable {

    /// A batch may take two minutes to be written.
    private static final Duration HANGS = Duration.ofMinutes(5);

    private final List<Projector> projectors;

    private ProjectorRole(List<Projector> projectors) {
        this.projectors = projectors;
    }

    static ProjectorRole start(
            WorkerConfig config, Database database, AvroCodec codec, Telemetry telemetry, InstantSource clock) {
        var counters = new ProjectorCounters(telemetry.meter());
        var tracing = telemetry.projector(clock);
        List<Projector> projectors = IntStream.range(0, config.projector().loops())
                .mapToObj(_ -> new Projector(settings(config), database, codec, counters, tracing, clock))
                .toList();
        projectors.forEach(Projector::start);
        return new ProjectorRole(projectors);
    }

    private static ProjectionSettings settings(WorkerConfig config) {
        return new ProjectionSettings(
                config.worker().topics(),
                config.worker().topics().prefix() + "projector",
                config.kafka().consumer(),
                config.projector().batchMax(),
                config.projector().retention(),
                config.projector().partitionDays(),
                ProjectionSettings.Bounds.DEFAULT);
    }

    Health.Check liveness() {
        return new Health.Check("projector", this::complaint);
    }

    private Optional<String> complaint() {
        Duration silent = projectors.stream()
                .map(projector -> projector.status().sinceTurn())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        return silent.compareTo(HANGS) < 0
                ? Optional.empty()
                : Optional.of("has not come round for " + silent.toSeconds() + " s");
    }

    @Override
    public void close() {
        projectors.forEach(Projector::close);
    }
}
