package dev.waybill.worker.app;

import dev.waybill.worker.config.InvalidConfigurationException;
import dev.waybill.worker.config.SinkSettings;
import dev.waybill.worker.config.WorkerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks everything that a worker depends on, side by side, before any part of it starts: an operator gets
/// every fault at once, each in one line.
final class StartupChecks {

    /// Of all checks together. Each has its own bound below that.
    private static final long ALL_SECONDS = 25;

    /// Looks for faults; each begins with the setting it is about and says what to do.
    interface Check {
        List<String> faults();
    }

    private record Named(String name, Check check) {}

    private StartupChecks() {}

    /// Runs the checks.
    ///
    /// @throws InvalidConfigurationException naming every fault
    static void run(WorkerConfig config) {
        List<Named> checks = List.of(
                new Named("bootstrap.servers", new KafkaCheck(config)),
                new Named("schema.registry.url", new RegistryCheck(config)),
                new Named("postgres.url", new PostgresCheck(config)),
                new Named(SinkSettings.IN_FLIGHT_MAX, Descriptors.of(config)));
        List<String> faults = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ALL_SECONDS);
            List<Future<List<String>>> running = checks.stream()
                    .map(named -> threads.submit(named.check()::faults))
                    .toList();
            for (int i = 0; i < running.size(); i++) {
                faults.addAll(await(checks.get(i).name(), running.get(i), deadline));
            }
        } finally {
            // What hangs must not hold up the answer.
            threads.shutdownNow();
        }
        if (!faults.isEmpty()) {
            throw new InvalidConfigurationException(faults);
        }
    }

    private static List<String> await(String name, Future<List<String>> running, long deadline) {
        try {
            return running.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return List.of(name + ": no answer within " + ALL_SECONDS + " s; check the address and the network");
        } catch (ExecutionException e) {
            return List.of(name + ": " + e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return List.of(name + ": interrupted");
        }
    }
}
