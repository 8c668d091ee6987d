package dev.waybill.worker.app;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.codec.Records;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.SinkSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.delivery.DeliveryLoops;
import dev.waybill.worker.delivery.LoopClients;
import dev.waybill.worker.delivery.LoopThread;
import dev.waybill.worker.delivery.SinkLoopSettings;
import dev.waybill.worker.ops.Health;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.telemetry.LoopCounters;
import dev.waybill.worker.telemetry.Telemetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Runs the sink processors and the retry forwarder in this process.
final class LoopsRole implements AutoCloseable {

    /// A loop comes round many times a second; its longest wait for a broker is 10 s.
    private static final Duration HANGS = Duration.ofMinutes(2);

    private final List<LoopThread> loops;

    private LoopsRole(List<LoopThread> loops) {
        this.loops = List.copyOf(loops);
    }

    /// Starts the loops that the configured roles ask for.
    static LoopsRole start(
            WorkerConfig config, Records records, Sinks sinks, Telemetry telemetry, InstantSource clock) {
        DeliveryLoops made = new DeliveryLoops(
                config.worker().topics(),
                records,
                config.worker().retryDelays(),
                config.worker().workerId(),
                clients(config),
                sinks.payloads(),
                clock,
                telemetry.attempts(),
                new LoopCounters(telemetry.meter()));
        List<LoopThread> loops = new ArrayList<>();
        if (config.worker().has(Role.SINKS)) {
            for (Kind kind : config.sinks().kinds()) {
                List<SinkProvider> served = sinks.providers().stream()
                        .filter(provider -> provider.kind() == kind)
                        .toList();
                for (int number = 0; number < config.sinks().loops(); number++) {
                    loops.add(made.sink(kind, number, served, settings(config.sinks())));
                }
            }
        }
        if (config.worker().has(Role.RETRIES)) {
            loops.add(made.retries(0));
        }
        loops.forEach(LoopThread::start);
        return new LoopsRole(loops);
    }

    private static LoopClients clients(WorkerConfig config) {
        return new LoopClients(
                config.kafka().consumer(),
                config.kafka().producer(),
                config.sinks().transactionTimeout(),
                config.sinks().sessionTimeout(),
                config.sinks().maxBlock());
    }

    private static SinkLoopSettings settings(SinkSettings sinks) {
        return new SinkLoopSettings(
                sinks.inFlightMax(),
                sinks.admittedMax(),
                sinks.admittedBytesMax(Runtime.getRuntime().maxMemory()),
                sinks.commitInterval(),
                sinks.drain(),
                SinkLoopSettings.DEFAULTS.registryPause());
    }

    /// One for each loop: a loop that does not come round any more hangs.
    List<Health.Check> liveness() {
        return loops.stream()
                .map(loop -> new Health.Check(loop.name(), () -> complaint(loop)))
                .toList();
    }

    private static Optional<String> complaint(LoopThread loop) {
        Duration silent = loop.sinceLastStep();
        return silent.compareTo(HANGS) < 0
                ? Optional.empty()
                : Optional.of("has not come round for " + silent.toSeconds() + " s");
    }

    /// Stops all loops side by side, so that their drains do not add up.
    @Override
    public void close() {
        try (ExecutorService closing = Executors.newVirtualThreadPerTaskExecutor()) {
            loops.forEach(loop -> closing.execute(loop::close));
        }
    }
}
