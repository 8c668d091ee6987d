package dev.waybill.worker.sink.file;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import java.time.InstantSource;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;

/// Delivers into directories of the worker's machine, local or mounted.
public final class FileProvider implements SinkProvider {

    private static final String DIRECTORY = "directory";
    private static final String OVERWRITE = "overwrite";

    private static final ConfigDef DEFINITION = new ConfigDef()
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
            return new FileSink(target, settings.bool(OVERWRITE), clock);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("Setting " + DIRECTORY + " " + e.getMessage());
        }
    }

    @Override
    public void close() {}
}
