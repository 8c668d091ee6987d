package dev.waybill.worker.sink.oauth;

import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.http.HttpTarget;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings of a destination that say how it gets its access tokens, the same for every provider.
///
/// @param clientSecret reference; null for a client that has none
/// @param refreshToken reference; null to ask as the client itself
public record OAuthSettings(
        String organizationId,
        HttpTarget endpoint,
        String clientId,
        @Nullable String clientSecret,
        @Nullable String refreshToken,
        @Nullable String scope) {

    private static final String TOKEN_URL = "oauth.token.url";
    private static final String CLIENT_ID = "oauth.client.id";
    private static final String CLIENT_SECRET = "oauth.client.secret";
    private static final String REFRESH_TOKEN = "oauth.refresh.token";
    private static final String SCOPE = "oauth.scope";

    /// Where secrets do not leave the machine.
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    /// Adds the settings to those of a provider.
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        TOKEN_URL,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("an https URL", OAuthSettings::target),
                        Importance.LOW,
                        "Where access tokens are asked for: an https URL.")
                .define(CLIENT_ID, ConfigDef.Type.STRING, null, Importance.LOW, "Client as which they are asked for.")
                .define(
                        CLIENT_SECRET,
                        ConfigDef.Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Reference to the client's secret.")
                .define(
                        REFRESH_TOKEN,
                        ConfigDef.Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Reference to a refresh token. Without it the client asks for itself (client credentials).")
                .define(SCOPE, ConfigDef.Type.STRING, null, Importance.LOW, "What the tokens are to be good for.");
    }

    private static HttpTarget target(String url) {
        HttpTarget target = HttpTarget.parse(url);
        if (!target.secure() && !LOOPBACK.contains(target.origin().getHostName())) {
            throw new IllegalArgumentException("must begin with https://");
        }
        return target;
    }

    /// Reads the settings of a destination.
    ///
    /// @throws ConfigException if they cannot work together
    public static OAuthSettings of(Settings settings, String organizationId) {
        String secret = settings.secret(CLIENT_SECRET);
        String refresh = settings.secret(REFRESH_TOKEN);
        if (secret == null && refresh == null) {
            throw new ConfigException("Setting " + CLIENT_SECRET
                    + ": is required to get access tokens, unless there is " + REFRESH_TOKEN);
        }
        return new OAuthSettings(
                organizationId,
                Settings.convert(TOKEN_URL, required(settings, TOKEN_URL), OAuthSettings::target),
                required(settings, CLIENT_ID),
                secret,
                refresh,
                settings.string(SCOPE));
    }

    private static String required(Settings settings, String name) {
        String value = settings.string(name);
        if (value == null || value.isBlank()) {
            throw new ConfigException("Setting " + name + ": is required to get access tokens");
        }
        return value.strip();
    }

    /// Whether any of them is set.
    public static boolean areIn(Settings settings) {
        return settings.string(TOKEN_URL) != null
                || settings.string(CLIENT_ID) != null
                || settings.secret(CLIENT_SECRET) != null
                || settings.secret(REFRESH_TOKEN) != null;
    }

    /// What to ask for, with the secrets of now.
    ///
    /// @throws dev.waybill.worker.sink.SecretNotAllowedException  if one may not be used
    /// @throws dev.waybill.worker.sink.SecretUnavailableException if one cannot be read now
    public TokenRequest request(Secrets secrets) {
        return new TokenRequest(
                endpoint, clientId, resolve(clientSecret, secrets), resolve(refreshToken, secrets), scope);
    }

    private @Nullable String resolve(@Nullable String reference, Secrets secrets) {
        return reference == null
                ? null
                : secrets.resolve(organizationId, reference).strip();
    }
}
