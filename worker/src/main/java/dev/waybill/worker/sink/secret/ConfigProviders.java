package dev.waybill.worker.sink.secret;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.utils.Utils;

/// Makes Kafka's ConfigProviders from `config.providers`, as Connect does.
final class ConfigProviders {

    private static final String LIST = "config.providers";

    private ConfigProviders() {}

    /// The configured providers by name, and `dir` on the secrets' root where it is not configured otherwise.
    ///
    /// @param properties the worker's configuration: `config.providers=a,b`, `config.providers.a.class=…`,
    ///     `config.providers.a.param.x=…`
    static Map<String, ConfigProvider> load(Map<String, String> properties, Path root) {
        Map<String, ConfigProvider> providers = new HashMap<>();
        for (String name : names(properties.getOrDefault(LIST, ""))) {
            providers.put(name, load(name, properties));
        }
        if (!providers.containsKey("dir")) {
            ConfigProvider dir = new DirectoryConfigProvider();
            dir.configure(Map.of(
                    DirectoryConfigProvider.ALLOWED_PATHS_CONFIG,
                    root.toAbsolutePath().normalize().toString()));
            providers.put("dir", dir);
        }
        return providers;
    }

    private static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        for (String name : list.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return names;
    }

    private static ConfigProvider load(String name, Map<String, String> properties) {
        String prefix = LIST + "." + name + ".";
        String className = properties.get(prefix + "class");
        if (className == null) {
            throw new ConfigException("Setting " + prefix + "class is missing, although " + LIST + " names " + name);
        }
        Map<String, String> parameters = new HashMap<>();
        properties.forEach((key, value) -> {
            if (key.startsWith(prefix + "param.")) {
                parameters.put(key.substring(prefix.length() + "param.".length()), value);
            }
        });
        try {
            ConfigProvider provider = Utils.newInstance(className, ConfigProvider.class);
            provider.configure(parameters);
            return provider;
        } catch (ClassNotFoundException | ClassCastException e) {
            throw new ConfigException(prefix + "class", className, "is no ConfigProvider on the class path");
        }
    }
}
