package dev.waybill.worker.cli;

import dev.waybill.worker.config.WorkerConfig;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command's configuration comes from.
public final class ConfigFile {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "${env:WAYBILL_CONFIG}",
            description = "properties file of the worker (also WAYBILL_CONFIG); without one, only WAYBILL_… variables")
    private @Nullable Path file;

    public WorkerConfig load() {
        Map<String, String> environment = System.getenv();
        return file == null ? WorkerConfig.of(Map.of(), environment) : WorkerConfig.load(file, environment);
    }
}
