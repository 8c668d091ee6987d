package dev.waybill.worker.config;

import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;

/// Every setting of a worker.
public final class Settings {

    public static final String CONFIG_PROVIDERS = "config.providers";

    static final String ENVIRONMENT_PREFIX = "WAYBILL_";

    private static final ConfigDef DEFINITION = define();

    private Settings() {}

    static ConfigDef definition() {
        return DEFINITION;
    }

    /// The environment variable that overrides a setting.
    public static String environmentName(String key) {
        return ENVIRONMENT_PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static ConfigDef define() {
        ConfigDef def = new ConfigDef();
        WorkerSettings.define(def);
        KafkaSettings.define(def);
        RegistryConnection.define(def);
        PostgresSettings.define(def);
        TopicSettings.define(def);
        RouterSettings.define(def);
        SinkSettings.define(def);
        ProjectorSettings.define(def);
        SafetySettings.define(def);
        PayloadSettings.define(def);
        SecretSettings.define(def);
        ApiSettings.define(def);
        TelemetrySettings.define(def);
        return def;
    }
}
