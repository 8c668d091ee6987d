package dev.waybill.worker.sink.secret;

import java.io.IOException;
import java.nio.file.Files;
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
            providers.put("dir", directory(root.toAbsolutePath().normalize()));
        }
        return providers;
    }

    /// A new installation has no secrets yet, and the provider refuses a folder that is not there.
    private static ConfigProvider directory(Path root) {
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new ConfigException("secrets.root", root, "the folder is not there and cannot be made: " + e);
        }
        ConfigProvider provider = new DirectoryConfigProvider();
        provider.configure(Map.of(DirectoryConfigProvider.ALLOWED_PATHS_CONFIG, root.toString()));
        return provider;
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
