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
import java.util.Optional;

/// Runs the projector in this process.
final class ProjectorRole implements AutoCloseable {

    /// A batch may take two minutes to be written.
    private static final Duration HANGS = Duration.ofMinutes(5);

    private final Projector projector;

    private ProjectorRole(Projector projector) {
        this.projector = projector;
    }

    static ProjectorRole start(
            WorkerConfig config, Database database, AvroCodec codec, Telemetry telemetry, InstantSource clock) {
        Projector projector = new Projector(
                settings(config),
                database,
                codec,
                new ProjectorCounters(telemetry.meter()),
                telemetry.projector(clock),
                clock);
        projector.start();
        return new ProjectorRole(projector);
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
        Duration silent = projector.status().sinceTurn();
        return silent.compareTo(HANGS) < 0
                ? Optional.empty()
                : Optional.of("has not come round for " + silent.toSeconds() + " s");
    }

    @Override
    public void close() {
        projector.close();
    }
}
