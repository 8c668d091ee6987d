package dev.waybill.worker.sink.file;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchSettings;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// Delivers into directories of the worker's machine, local or mounted.
public final class FileProvider implements SinkProvider {

    private static final String DIRECTORY = "directory";
    private static final String OVERWRITE = "overwrite";

    /// A flush of the disk for each file is what costs; a second more or less matters little to who reads them.
    private static final BatchSettings BATCHES =
            new BatchSettings(Segment.FORMATS, new BatchLimits(200, 4 << 20, Duration.ofSeconds(1)));

    private static final ConfigDef DEFINITION = BATCHES.define(
                    new ConfigDef(),
                    "How payloads share a file: ndjson as one line each (those of several lines get files of their own),"
                            + " concat as bytes one after the other. An index beside it names the deliveries. With none"
                            + " (the default) each payload gets a file.")
            .define(
                    DIRECTORY,
                    ConfigDef.Type.STRING,
                    Importance.HIGH,
                    "Where to write: a path relative to the organization's directory below the first of file.roots, or an"
                            + " absolute one in the organization's directory below any of them. Made where missing.")
            .define(
                    OVERWRITE,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    Importance.LOW,
                    "Whether a file of the same name and another content is replaced. If not, the attempt fails for good.");

    private final FileRoots roots;
    private final Secrets secrets;
    private final InstantSource clock;

    public FileProvider(FileRoots roots, Secrets secrets, InstantSource clock) {
        this.roots = roots;
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public String provider() {
        return "file";
    }

    @Override
    public Kind kind() {
        return Kind.STORAGE;
    }

    @Override
    public ConfigDef settings() {
        return DEFINITION;
    }

    @Override
    public Sink open(Destination destination) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        try {
            FileTarget target = roots.target(destination.organizationId(), settings.required(DIRECTORY));
            return new FileSink(target, settings.bool(OVERWRITE), BatchSettings.format(destination), clock);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("Setting " + DIRECTORY + " " + e.getMessage());
        }
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        String format = BatchSettings.format(destination);
        return Segment.takes(format, delivery.request().payload()) ? BATCHES.limits(destination) : null;
    }

    @Override
    public void close() {}
}
