package dev.waybill.bench;

import dev.waybill.worker.config.TelemetrySettings;
import dev.waybill.worker.telemetry.Logging;
import java.nio.file.Path;
import picocli.CommandLine;

/// The command line with `bench`.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /// Runs a command; returns the exit code.
    static int run(String... arguments) {
        Logging.toFile(TelemetrySettings.DEFAULTS, Path.of("target", "bench", "bench.log"));
        CommandLine line = dev.waybill.worker.app.Main.create();
        line.addSubcommand(new BenchCommand());
        return dev.waybill.worker.app.Main.run(line, arguments);
    }
}
