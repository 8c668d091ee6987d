package dev.waybill.worker.sink.transfer;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchSettings;
import dev.waybill.worker.sink.Settings;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.jspecify.annotations.Nullable;

/// The settings that say where files go and what is done for them, the same for every provider of the kind.
///
/// @param filename            null for the name of the delivery
/// @param createDirectories   whether missing ones are made
/// @param replace             whether another file of that name is replaced
/// @param rename              whether a file gets its name when it is complete, and not before
/// @param suffix              of files that are not complete
/// @param verifyHash          whether what the server has is compared, and not its size only
/// @param checksum            whether a `.sha256` is written beside each file
/// @param resume              whether a part is continued
/// @param permissions         bits; null to leave them to the server
public record TransferSettings(
        PathTemplate directory,
        @Nullable PathTemplate filename,
        boolean createDirectories,
        boolean replace,
        boolean rename,
        String suffix,
        boolean verifyHash,
        boolean checksum,
        boolean resume,
        @Nullable Integer permissions) {

    private static final String DIRECTORY = "directory";
    private static final String FILENAME = "filename";
    private static final String CREATE = "create.directories";
    private static final String ON_EXISTS = "on.exists";
    private static final String PUBLISH = "publish";
    private static final String SUFFIX = "part.suffix";
    private static final String VERIFY = "verify";
    private static final String CHECKSUM = "checksum.file";
    private static final String RESUME = "resume";
    private static final String PERMISSIONS = "permissions";

    private static final String REPLACE = "replace";
    private static final String RENAME = "rename";
    private static final String HASH = "hash";

    private static final int SUFFIX_MAX = 16;

    private static final int OCTAL = 8;
    private static final int BITS_MAX = 0777;

    /// What batches are for these providers: several files at a time over what is open already.
    public static final String FILES = "files";

    /// A file costs some answers of the server, and there are several at a time: a full batch takes seconds.
    public static final BatchSettings BATCHES =
            new BatchSettings(List.of(FILES), new BatchLimits(100, 4 << 20, Duration.ofMillis(500)));

    /// Adds the settings to those of a provider.
    public static ConfigDef define(ConfigDef definition) {
        return BATCHES.define(
                        definition,
                        "files: payloads travel together, each as a file of its own with an outcome of its own, several at a"
                                + " time. Meant for many small ones.")
                .define(
                        DIRECTORY,
                        ConfigDef.Type.STRING,
                        "",
                        Settings.check("a path, a template without ..", PathTemplate::directory),
                        Importance.HIGH,
                        "Where files go, a template: relative to where the login begins, or absolute.")
                .define(
                        FILENAME,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("a name, a template without /", PathTemplate::name),
                        Importance.HIGH,
                        "Name of the file, a template. By default the id of the delivery, and - and the payload's filename"
                                + " after it where there is one.")
                .define(
                        CREATE,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        Importance.MEDIUM,
                        "Whether missing directories are made. If not, a delivery to one fails for good.")
                .define(
                        ON_EXISTS,
                        ConfigDef.Type.STRING,
                        "fail",
                        ValidString.in("fail", REPLACE),
                        Importance.MEDIUM,
                        "What becomes of a file of the same name and another content: fail, the delivery fails for good;"
                                + " replace.")
                .define(
                        PUBLISH,
                        ConfigDef.Type.STRING,
                        RENAME,
                        ValidString.in(RENAME, "direct"),
                        Importance.MEDIUM,
                        "rename: a file gets its name when it is complete. direct: it is written under its name, for servers"
                                + " that do not rename; readers may see a part of it.")
                .define(
                        SUFFIX,
                        ConfigDef.Type.STRING,
                        ".part",
                        Settings.check("1 to " + SUFFIX_MAX + " letters, digits, . _ -", TransferSettings::suffix),
                        Importance.LOW,
                        "What the name of a file ends with until it is complete.")
                .define(
                        VERIFY,
                        ConfigDef.Type.STRING,
                        "size",
                        ValidString.in("size", HASH),
                        Importance.MEDIUM,
                        "How a file is checked before it gets its name: size, or hash, which reads it back if the server"
                                + " cannot tell its SHA-256.")
                .define(
                        CHECKSUM,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        Importance.LOW,
                        "Whether a file of the same name and .sha256, as sha256sum reads it, is written before each file.")
                .define(
                        RESUME,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        Importance.LOW,
                        "Whether an attempt goes on where the one before broke off, if what the server has is the same so"
                                + " far. From 1 MiB on.")
                .define(
                        PERMISSIONS,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("octal, such as 640", TransferSettings::bits),
                        Importance.LOW,
                        "Permission bits of files, in octal, such as 640; by default what the server gives them.");
    }

    /// Reads them.
    ///
    /// @throws org.apache.kafka.common.config.ConfigException if one of them cannot work
    public static TransferSettings of(Settings settings) {
        String filename = settings.string(FILENAME);
        String permissions = settings.string(PERMISSIONS);
        return new TransferSettings(
                Settings.convert(DIRECTORY, settings.required(DIRECTORY), PathTemplate::directory),
                filename == null ? null : Settings.convert(FILENAME, filename, PathTemplate::name),
                settings.bool(CREATE),
                settings.required(ON_EXISTS).equals(REPLACE),
                settings.required(PUBLISH).equals(RENAME),
                settings.required(SUFFIX),
                settings.required(VERIFY).equals(HASH),
                settings.bool(CHECKSUM),
                settings.bool(RESUME),
                permissions == null ? null : Settings.convert(PERMISSIONS, permissions, TransferSettings::bits));
    }

    /// How much company a delivery may have. What is large travels alone: it would only keep the others
    /// waiting.
    public static @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        boolean alone = BatchSettings.format(destination) == null
                || delivery.request().payload().body() == null;
        return alone ? null : BATCHES.limits(destination);
    }

    private static String suffix(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1," + SUFFIX_MAX + "}")) {
            throw new IllegalArgumentException("must be 1 to " + SUFFIX_MAX + " letters, digits, . _ -");
        }
        return text;
    }

    private static Integer bits(String text) {
        try {
            int bits = Integer.parseInt(text, OCTAL);
            if (bits >= 0 && bits <= BITS_MAX) {
                return bits;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be octal, such as 640", e);
        }
        throw new IllegalArgumentException("must be between 0 and 777");
    }
}
