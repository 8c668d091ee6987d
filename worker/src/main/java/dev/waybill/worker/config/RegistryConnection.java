package dev.waybill.worker.config;

import dev.waybill.schemas.registry.RegistrySettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/// How the schema registry is reached, in Confluent's property names.
public record RegistryConnection(Map<String, Object> properties) {

    public static final String URL = RegistrySettings.URL;

    public RegistryConnection {
        properties = Map.copyOf(properties);
    }

    static void define(ConfigDef def) {
        new Section(def, "Schema registry")
                .required(
                        URL,
                        ConfigDef.Type.LIST,
                        Validators.nonEmptyList(),
                        "Schema registries that speak Confluent's interface, http://host:port. Logins and other settings"
                                + " have the prefix `registry.`, for example `registry.basic.auth.user.info`.");
    }

    static RegistryConnection from(Values values, Map<Prefix, Map<String, Object>> passed) {
        Map<String, Object> properties = new HashMap<>(passed.getOrDefault(Prefix.REGISTRY, Map.of()));
        properties.put(URL, String.join(",", values.list(URL)));
        return new RegistryConnection(properties);
    }

    public String url() {
        return String.valueOf(properties.get(URL));
    }

    /// Without the login that a URL or a property may hold.
    @Override
    public String toString() {
        return "RegistryConnection[given=" + properties.keySet() + "]";
    }
}
