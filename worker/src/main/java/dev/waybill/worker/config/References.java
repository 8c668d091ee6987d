package dev.waybill.worker.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Resolves `${provider:path:key}` references in the worker's own properties, once, at the start.
final class References {

    /// Kafka's own, which need no configuration.
    private static final Set<String> BUILT_IN = Set.of("file", "dir", "env");

    private References() {}

    static Map<String, String> resolve(Map<String, String> properties) {
        Map<String, ConfigProvider> providers = new HashMap<>();
        try {
            for (String name : names(properties)) {
                providers.put(name, open(name, properties));
            }
            return new ConfigTransformer(providers).transform(properties).data();
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(
                    Settings.CONFIG_PROVIDERS + ": a reference cannot be resolved: " + e.getMessage());
        } finally {
            providers.values().forEach(provider -> Utils.closeQuietly(provider, "config provider"));
        }
    }

    /// Writes down the classes of Kafka's own providers where `config.providers` names them without.
    static void nameClasses(Map<String, String> properties) {
        for (String name :
                properties.getOrDefault(Settings.CONFIG_PROVIDERS, "").split(",", -1)) {
            if (BUILT_IN.contains(name.strip())) {
                properties.putIfAbsent(
                        Settings.CONFIG_PROVIDERS + "." + name.strip() + ".class",
                        builtIn(name.strip()).getClass().getName());
            }
        }
    }

    private static Set<String> names(Map<String, String> properties) {
        Set<String> names = new HashSet<>(BUILT_IN);
        for (String name :
                properties.getOrDefault(Settings.CONFIG_PROVIDERS, "").split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return names;
    }

    private static ConfigProvider open(String name, Map<String, String> properties) {
        String prefix = Settings.CONFIG_PROVIDERS + "." + name + ".";
        ConfigProvider provider = instantiate(name, properties.get(prefix + "class"), prefix);
        Map<String, String> parameters = new HashMap<>();
        properties.forEach((key, value) -> {
            if (key.startsWith(prefix + "param.")) {
                parameters.put(key.substring((prefix + "param.").length()), value);
            }
        });
        provider.configure(parameters);
        return provider;
    }

    private static ConfigProvider instantiate(String name, @Nullable String className, String prefix) {
        if (className != null) {
            try {
                return Utils.newInstance(className, ConfigProvider.class);
            } catch (ClassNotFoundException e) {
                throw new ConfigException(prefix + "class", className, "no such class on the class path");
            }
        }
        if (!BUILT_IN.contains(name)) {
            throw new ConfigException(prefix + "class is missing for the provider " + name);
        }
        return builtIn(name);
    }

    private static ConfigProvider builtIn(String name) {
        return switch (name) {
            case "file" -> new FileConfigProvider();
            case "dir" -> new DirectoryConfigProvider();
            case "env" -> new EnvVarConfigProvider();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
