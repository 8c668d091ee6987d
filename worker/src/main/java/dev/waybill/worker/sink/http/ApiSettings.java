package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.tls.TlsSettings;
import dev.waybill.worker.sink.tls.TlsTrust;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings of a destination behind an API that knows its callers by a key, the same for every such provider.
///
/// @param destinationId part of what makes a message one of its own
/// @param key           reference to the key
/// @param base          where the API is, without a slash at its end
/// @param trust         null for the authorities of the JVM
public record ApiSettings(
        String organizationId,
        String destinationId,
        String key,
        String base,
        @Nullable TlsTrust trust) {

    private static final String KEY = "api.key";
    private static final String BASE_URL = "base.url";

    /// Adds the settings to those of a provider.
    ///
    /// @param base  where the provider's API is
    /// @param about what the key must be able to do
    public static ConfigDef define(ConfigDef definition, String base, String about) {
        return TlsSettings.defineTrust(definition)
                .define(
                        KEY,
                        ConfigDef.Type.PASSWORD,
                        ConfigDef.NO_DEFAULT_VALUE,
                        Importance.HIGH,
                        "Reference to the API key" + about + ".")
                .define(
                        BASE_URL,
                        ConfigDef.Type.STRING,
                        base,
                        Settings.check("an http or https URL", HttpTarget::parse),
                        Importance.LOW,
                        "Where the API is.");
    }

    /// Reads the settings of a destination.
    ///
    /// @throws ConfigException if one is missing or cannot be read
    public static ApiSettings of(Settings settings, Destination destination) {
        String key = settings.secret(KEY);
        if (key == null) {
            throw new ConfigException("Setting " + KEY + ": is required");
        }
        return new ApiSettings(
                destination.organizationId(),
                destination.id().toString(),
                key,
                settings.required(BASE_URL).strip().replaceFirst("/+$", ""),
                TlsSettings.trust(settings));
    }

    /// A resource of the API.
    ///
    /// @param path begins with a slash
    public HttpTarget resource(String path) {
        return Settings.convert(BASE_URL, base + path, HttpTarget::parse);
    }

    /// Whether the API is spoken to by TLS.
    ///
    /// @param base where it is if the destination does not say
    public static boolean isEncrypted(Destination destination, String base) {
        return HttpTarget.isTls(destination.settings().getOrDefault(BASE_URL, base));
    }
}
