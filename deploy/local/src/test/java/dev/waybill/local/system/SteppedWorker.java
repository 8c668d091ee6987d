package dev.waybill.local.system;

import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.app.WorkerApp;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.telemetry.Logging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A worker whose wall clock is off by what a file says, which may change at any time.
final class SteppedWorker {

    /// Names the file, with milliseconds.
    static final String OFFSET = "waybill.test.clock.offset";

    private SteppedWorker() {}

    /// Runs until it is ended.
    ///
    /// @param args `worker --config FILE`
    public static void main(String[] args) throws Exception {
        WorkerConfig config = WorkerConfig.load(Path.of(args[2]), Map.of());
        Logging.toConsole(config.telemetry());
        Path offset = Path.of(System.getProperty(OFFSET));
        InstantSource clock = () -> Instant.now().plusMillis(read(offset));
        Sinks sinks = Sinks.open(config);
        WorkerApp app = WorkerApp.start(config, sinks, clock);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            app.close();
            sinks.close();
        }));
        new CountDownLatch(1).await();
    }

    private static long read(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
