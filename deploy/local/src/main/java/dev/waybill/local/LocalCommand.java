package dev.waybill.local;

import dev.waybill.local.embedded.LocalPorts;
import dev.waybill.local.embedded.LocalStack;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.TelemetrySettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.telemetry.Logging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs everything on one machine until it is stopped, and keeps the data.
@Command(
        name = "local",
        description = "Run a worker with an embedded Kafka, schema registry and Postgres until Ctrl-C; data is kept.")
final class LocalCommand implements Callable<Integer> {

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final int RECEIVER_PORT = 8090;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = "waybill-data",
            description = "where the data is kept (default ${DEFAULT-VALUE})")
    private Path data = Path.of("waybill-data");

    @Option(
            names = "--free-ports",
            description =
                    "listen on free ports instead of 9092 (Kafka), 8081 (registry), 5432 (Postgres), 8083 (REST), 8090")
    private boolean freePorts;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createDirectories(data).toAbsolutePath().normalize();
        Path log = directory.resolve("local.log");
        Logging.toFile(TelemetrySettings.DEFAULTS, log);
        System.out.println("Starting; logs go to " + log);
        LocalStack stack = LocalStack.start(directory, freePorts ? LocalPorts.FREE : LocalPorts.USUAL);
        LocalWorker worker;
        try {
            Map<String, String> settings = LocalWorker.settings(stack, directory, freePorts ? 0 : 8083);
            worker = LocalWorker.start(WorkerConfig.of(settings, Map.of()));
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
        PrintingReceiver receiver = new PrintingReceiver(freePorts ? 0 : RECEIVER_PORT, System.out);
        // SIGTERM and Ctrl-C end the JVM through its shutdown hooks.
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    System.out.println("Stopping");
                    worker.close();
                    receiver.close();
                    stack.close();
                }));
        worker.awaitReady(READY_MAX);
        System.out.println(stack.summary());
        System.out.println("The worker is ready; its REST is at " + worker.url() + ".");
        System.out.println("A receiver to try things with prints here what comes to " + receiver.url()
                + ". Ctrl-C stops everything.");
        new CountDownLatch(1).await();
        return Exit.OK;
    }
}
