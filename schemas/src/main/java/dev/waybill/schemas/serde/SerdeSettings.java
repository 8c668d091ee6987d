package dev.waybill.schemas.serde;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// How records find their schema ids, read from Confluent's property names.
///
/// @param autoRegister register a schema the subject does not have yet
/// @param useLatestVersion prefer the subject's newest id when it is the same schema, and never register
/// @param specificReader decode into generated classes instead of generic records
/// @param registryWait how long encoding and decoding wait for a registry that is away
public record SerdeSettings(
        boolean autoRegister, boolean useLatestVersion, boolean specificReader, Duration registryWait) {

    public static final String AUTO_REGISTER = "auto.register.schemas";
    public static final String USE_LATEST = "use.latest.version";
    public static final String SPECIFIC_READER = "specific.avro.reader";
    public static final String REGISTRY_WAIT_MS = "schema.registry.wait.ms";

    /// Rides out a restart of the registry; well below `max.poll.interval.ms` (5 minutes), after which a consumer that
    /// waits here would lose its partitions.
    public static final Duration DEFAULT_REGISTRY_WAIT = Duration.ofSeconds(60);

    public static SerdeSettings defaults() {
        return new SerdeSettings(true, false, false, DEFAULT_REGISTRY_WAIT);
    }

    public SerdeSettings withRegistryWait(Duration wait) {
        return new SerdeSettings(autoRegister, useLatestVersion, specificReader, wait);
    }

    public static SerdeSettings from(Map<String, ?> config) {
        return new SerdeSettings(
                flag(config, AUTO_REGISTER, true),
                flag(config, USE_LATEST, false),
                flag(config, SPECIFIC_READER, false),
                wait(config.get(REGISTRY_WAIT_MS)));
    }

    private static boolean flag(Map<String, ?> config, String key, boolean otherwise) {
        Object value = config.get(key);
        return switch (value == null
                ? String.valueOf(otherwise)
                : value.toString().strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException(key, value, "expected true or false");
        };
    }

    private static Duration wait(@Nullable Object value) {
        if (value == null) {
            return DEFAULT_REGISTRY_WAIT;
        }
        try {
            return Duration.ofMillis(Long.parseUnsignedLong(value.toString().strip()));
        } catch (NumberFormatException e) {
            throw new ConfigException(REGISTRY_WAIT_MS, value, "expected milliseconds");
        }
    }
}
