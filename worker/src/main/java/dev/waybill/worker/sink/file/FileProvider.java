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
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// Delivers into directories of the worker's machine, local or mounted.
public final class FileProvider implements SinkProvider {

    private static final String DIRECTORY = "directory";
    private static final String OVERWRITE = "overwrite";

    static final String SEGMENT_BYTES = "segment.max.bytes";
    static final String SEGMENT_AGE = "segment.max.age.ms";

    /// A reader takes it in one go, and a directory of a busy destination has some thousand files a day.
    private static final long SEGMENT_BYTES_DEFAULT = 64L << 20;

    /// Who reads sealed segments only waits no longer.
    private static final int SEGMENT_AGE_DEFAULT = 60_000;

    /// Well below the hour after which an open segment counts as left behind.
    private static final int SEGMENT_AGE_MAX = 600_000;

    /// A flush of the disk for each file is what costs; a second more or less matters little to who reads them.
    private static final BatchSettings BATCHES =
            new BatchSettings(SegmentFormat.names(), new BatchLimits(200, 4 << 20, Duration.ofSeconds(1)));

    private static final ConfigDef DEFINITION = BATCHES.define(
                    new ConfigDef(),
                    "How payloads share files (segments, see below): ndjson as one line each (those of several lines get"
                            + " files of their own), concat as bytes one after the other. An index beside each names the"
                            + " deliveries. With none (the default) each payload gets a file.")
            .define(
                    SEGMENT_BYTES,
                    ConfigDef.Type.LONG,
                    SEGMENT_BYTES_DEFAULT,
                    ConfigDef.Range.atLeast(1),
                    Importance.LOW,
                    "Bytes of payloads after which a segment is sealed; the batch that reaches them is the last.")
            .define(
                    SEGMENT_AGE,
                    ConfigDef.Type.INT,
                    SEGMENT_AGE_DEFAULT,
                    ConfigDef.Range.between(100, SEGMENT_AGE_MAX),
                    Importance.LOW,
                    "Milliseconds after its first payload at which a segment is sealed, at most " + SEGMENT_AGE_MAX
                            + ".")
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
    private final Disk disk;

    public FileProvider(FileRoots roots, Secrets secrets, InstantSource clock) {
        this(roots, secrets, clock, Disk.REAL);
    }

    FileProvider(FileRoots roots, Secrets secrets, InstantSource clock, Disk disk) {
        this.disk = disk;
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

    /// It stays on this machine, or on what the operator has mounted.
    @Override
    public boolean isEncrypted(Destination destination) {
        return true;
    }

    @Override
    public Map<String, String> example() {
        return Map.of(DIRECTORY, "reports/daily");
    }

    @Override
    public Sink open(Destination destination) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        try {
            FileTarget target = roots.target(destination.organizationId(), settings.required(DIRECTORY));
            return new FileSink(target, settings.bool(OVERWRITE), segments(destination, settings), clock, disk);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("Setting " + DIRECTORY + " " + e.getMessage());
        }
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        SegmentFormat format = SegmentFormat.of(BatchSettings.format(destination));
        return format != null && format.takes(delivery.request().payload()) ? BATCHES.limits(destination) : null;
    }

    private @Nullable Segments segments(Destination destination, Settings settings) {
        SegmentFormat format = SegmentFormat.of(BatchSettings.format(destination));
        return format == null
                ? null
                : new Segments(
                        disk,
                        format,
                        new Segments.Limits(
                                settings.number(SEGMENT_BYTES), Duration.ofMillis(settings.integer(SEGMENT_AGE))),
                        clock);
    }

    @Override
    public void close() {}
}
