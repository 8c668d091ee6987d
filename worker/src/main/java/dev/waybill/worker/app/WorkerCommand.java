package dev.waybill.worker.app;

import dev.waybill.worker.cli.ConfigFile;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.telemetry.Logging;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Runs a worker until it is asked to stop.
@Command(name = "worker", description = "Run a worker with your own Kafka, schema registry and Postgres.")
final class WorkerCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

    @Mixin
    private ConfigFile file = new ConfigFile();

    @Override
    public Integer call() throws InterruptedException {
        WorkerConfig config = file.load();
        Logging.toConsole(config.telemetry());
        config.warnings().forEach(LOG::warn);
        StartupChecks.run(config);
        try (Sinks sinks = Sinks.open(config);
                WorkerApp app = WorkerApp.start(config, sinks)) {
            LOG.info("waybill {} serves {}", Version.current(), app.url());
            awaitSignal(app, sinks);
        }
        return Exit.OK;
    }

    /// SIGTERM and Ctrl-C end the JVM through its shutdown hooks: this one drains the worker first.
    private static void awaitSignal(WorkerApp app, Sinks sinks) throws InterruptedException {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    LOG.info("stopping");
                    app.close();
                    sinks.close();
                    LOG.info("stopped");
                }));
        new CountDownLatch(1).await();
    }
}
