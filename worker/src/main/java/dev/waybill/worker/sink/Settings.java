package dev.waybill.worker.sink;

import dev.waybill.topology.model.Destination;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/// A destination's settings, checked against its provider's [ConfigDef] once, when a sink is opened or a
/// destination is put.
///
/// A setting whose name ends in `.<name>`, like `headers.<name>`, stands for all that begin the same way.
public final class Settings {

    private static final String ANY = ".<name>";

    private final Map<String, Object> parsed;
    private final Map<String, String> given;

    private Settings(Map<String, Object> parsed, Map<String, String> given) {
        this.parsed = parsed;
        this.given = given;
    }

    /// Checks and parses the settings of a destination.
    ///
    /// @throws ConfigException if one is unknown, missing, of the wrong type, or a secret that is not a
    ///     reference its organization may name; it quotes no secret
    public static Settings bind(ConfigDef def, Destination destination, Secrets secrets) {
        Map<String, String> given = destination.settings();
        for (String name : given.keySet()) {
            requireKnown(def, name);
        }
        for (ConfigDef.ConfigKey key : def.configKeys().values()) {
            String value = given.get(key.name);
            if (key.type == ConfigDef.Type.PASSWORD && value != null) {
                requireReference(key.name, value, destination.organizationId(), secrets);
            }
        }
        return new Settings(def.parse(given), given);
    }

    private static void requireKnown(ConfigDef def, String name) {
        if (keyOf(def, name) == null) {
            throw new ConfigException(
                    "Unknown setting " + name + ". Known are " + String.join(", ", sorted(def.names())));
        }
    }

    /// Lets a mistake show when the destination is put.
    ///
    /// @param reader throws `IllegalArgumentException` that says what is wrong and quotes no value
    public static ConfigDef.Validator check(String expected, Function<String, ?> reader) {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value != null) {
                        convert(name, (String) value, reader);
                    }
                },
                () -> expected);
    }

    /// Reads a setting.
    ///
    /// @param reader as for [#check]
    /// @throws ConfigException if it cannot be read; it names the setting and quotes no value
    public static <T> T convert(String name, String value, Function<String, T> reader) {
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("Setting " + name + " " + e.getMessage());
        }
    }

    /// What declares the setting of this name, be it under a name like `headers.<name>`; null if it is unknown.
    public static ConfigDef.@Nullable ConfigKey keyOf(ConfigDef def, String name) {
        for (ConfigDef.ConfigKey key : def.configKeys().values()) {
            boolean matches = key.name.endsWith(ANY)
                    ? name.startsWith(prefix(key.name))
                            && name.length() > prefix(key.name).length()
                    : name.equals(key.name);
            if (matches) {
                return key;
            }
        }
        return null;
    }

    private static void requireReference(String name, String value, String organizationId, Secrets secrets) {
        try {
            secrets.check(organizationId, value);
        } catch (SecretNotAllowedException e) {
            throw new ConfigException("Setting " + name + ": " + e.getMessage());
        }
    }

    private static String prefix(String pattern) {
        return pattern.substring(0, pattern.length() - ANY.length() + 1);
    }

    private static Collection<String> sorted(Collection<String> names) {
        return new TreeSet<>(names);
    }

    public @Nullable String string(String name) {
        return (String) parsed.get(name);
    }

    /// A setting that has a default or is required.
    public String required(String name) {
        String value = string(name);
        if (value == null) {
            throw new ConfigException("Setting " + name + " is missing");
        }
        return value;
    }

    public boolean bool(String name) {
        return Boolean.TRUE.equals(parsed.get(name));
    }

    /// A number that has a default or is required.
    public int integer(String name) {
        if (parsed.get(name) instanceof Integer value) {
            return value;
        }
        throw new ConfigException("Setting " + name + " is missing");
    }

    /// A long number that has a default or is required.
    public long number(String name) {
        if (parsed.get(name) instanceof Long value) {
            return value;
        }
        throw new ConfigException("Setting " + name + " is missing");
    }

    @SuppressWarnings("unchecked") // ConfigDef parses a LIST into a list of strings
    public List<String> list(String name) {
        Object value = parsed.get(name);
        return value == null ? List.of() : List.copyOf((List<String>) value);
    }

    /// The reference that stands for a secret; null if it is not set.
    public @Nullable String secret(String name) {
        Password value = (Password) parsed.get(name);
        return value == null ? null : value.value();
    }

    /// What was given for `prefix.<name>`, by name.
    public Map<String, String> named(String pattern) {
        String prefix = prefix(pattern);
        Map<String, String> values = new TreeMap<>();
        given.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                values.put(name.substring(prefix.length()), value);
            }
        });
        return values;
    }
}
