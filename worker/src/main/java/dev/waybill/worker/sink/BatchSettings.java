package dev.waybill.worker.sink;

import dev.waybill.topology.model.Destination;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.jspecify.annotations.Nullable;

/// The settings by which a destination asks for batches, the same for every provider that has them. They are
/// off unless [#FORMAT] is set.
///
/// @param formats  what a batch may look like
/// @param defaults the provider's
public record BatchSettings(List<String> formats, BatchLimits defaults) {

    public static final String FORMAT = "batch.format";
    public static final String NONE = "none";

    static final String COUNT = "batch.max.count";
    static final String BYTES = "batch.max.bytes";
    static final String LINGER = "batch.linger.ms";

    /// A lane holds at most a fifth of what is admitted of its partition, 200 tasks by default: a larger batch
    /// would never fill. It also keeps an answer for each member within what is read of it.
    public static final int COUNT_MAX = 200;

    /// All bodies together are bounded by what is admitted; this bounds how long one takes to send.
    static final int BYTES_MAX = 8 << 20;

    /// Well below the minute after which a lane sends away what has not left.
    static final int LINGER_MAX = 10_000;

    public BatchSettings {
        formats = List.copyOf(formats);
    }

    /// Adds the settings to those of a provider.
    ///
    /// @param meaning what the formats are
    public ConfigDef define(ConfigDef definition, String meaning) {
        String[] valid = new String[formats.size() + 1];
        valid[0] = NONE;
        for (int i = 0; i < formats.size(); i++) {
            valid[i + 1] = formats.get(i);
        }
        return definition
                .define(FORMAT, ConfigDef.Type.STRING, NONE, ValidString.in(valid), Importance.MEDIUM, meaning)
                .define(
                        COUNT,
                        ConfigDef.Type.INT,
                        defaults.count(),
                        Range.between(1, COUNT_MAX),
                        Importance.LOW,
                        "Payloads that a batch has at most, 1 to " + COUNT_MAX + ".")
                .define(
                        BYTES,
                        ConfigDef.Type.INT,
                        defaults.bytes(),
                        Range.between(1, BYTES_MAX),
                        Importance.LOW,
                        "Size that the payloads of a batch have together at most, up to " + (BYTES_MAX >> 20)
                                + " MiB. A larger one makes a batch of its own.")
                .define(
                        LINGER,
                        ConfigDef.Type.INT,
                        (int) defaults.linger().toMillis(),
                        Range.between(0, LINGER_MAX),
                        Importance.LOW,
                        "Milliseconds that the first payload of a batch waits for others, at most " + LINGER_MAX
                                + "; 0 takes what is there.");
    }

    /// The format that a destination asks for; null if it wants no batches.
    public static @Nullable String format(Destination destination) {
        String format = destination.settings().get(FORMAT);
        return format == null || format.strip().equals(NONE) ? null : format.strip();
    }

    /// The limits that a destination sets. Those that cannot work leave each payload alone: [SinkProvider#open]
    /// refuses them.
    public @Nullable BatchLimits limits(Destination destination) {
        Map<String, String> given = destination.settings();
        if (!given.containsKey(COUNT) && !given.containsKey(BYTES) && !given.containsKey(LINGER)) {
            return defaults;
        }
        try {
            return new BatchLimits(
                    number(given, COUNT, defaults.count()),
                    number(given, BYTES, defaults.bytes()),
                    Duration.ofMillis(
                            number(given, LINGER, (int) defaults.linger().toMillis())));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        String text = given.get(name);
        return text == null ? otherwise : Integer.parseInt(text.strip());
    }
}
