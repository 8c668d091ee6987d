package dev.waybill.schemas.registry;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// Where the registry is and how to log in, read from Confluent's property names.
///
/// @param urls base URLs, tried in turn
/// @param authorization value of the `Authorization` header, null for none
public record RegistrySettings(List<URI> urls, @Nullable String authorization) {

    public static final String URL = "schema.registry.url";
    public static final String BASIC_SOURCE = "basic.auth.credentials.source";
    public static final String BASIC_USER_INFO = "basic.auth.user.info";
    public static final String BEARER_SOURCE = "bearer.auth.credentials.source";
    public static final String BEARER_TOKEN = "bearer.auth.token";

    public RegistrySettings {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new ConfigException(URL, urls, "name at least one registry, for example http://localhost:8081");
        }
    }

    public static RegistrySettings of(String urls) {
        return from(Map.of(URL, urls));
    }

    /// Reads a client's properties.
    ///
    /// @throws ConfigException naming the key that is missing or wrong
    public static RegistrySettings from(Map<String, ?> config) {
        List<URI> urls = new ArrayList<>();
        String userInUrl = null;
        for (String text : texts(config.get(URL))) {
            URI url = parse(text);
            if (url.getUserInfo() != null) {
                userInUrl = url.getUserInfo();
            }
            urls.add(withoutUser(url));
        }
        return new RegistrySettings(urls, authorization(config, userInUrl));
    }

    private static List<String> texts(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case Collection<?> many -> many.stream().map(String::valueOf).toList();
            default ->
                List.of(value.toString().split(",")).stream()
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList();
        };
    }

    private static URI parse(String text) {
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (java.net.URISyntaxException e) {
            throw new ConfigException(URL, text, e.getMessage());
        }
        throw new ConfigException(URL, text, "expected http://host:port or https://host:port");
    }

    private static URI withoutUser(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return URI.create(url.getScheme() + "://" + url.getHost() + port + url.getRawPath());
    }

    private static @Nullable String authorization(Map<String, ?> config, @Nullable String userInUrl) {
        String token = text(config, BEARER_TOKEN);
        if (token != null) {
            requireSource(config, BEARER_SOURCE, "STATIC_TOKEN");
            return "Bearer " + token;
        }
        String user = text(config, BASIC_USER_INFO);
        if (user != null) {
            requireSource(config, BASIC_SOURCE, "USER_INFO");
        } else {
            requireSource(config, BASIC_SOURCE, "URL");
            user = userInUrl;
        }
        return user == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }

    private static void requireSource(Map<String, ?> config, String key, String only) {
        String source = text(config, key);
        if (source != null && !source.toUpperCase(Locale.ROOT).equals(only)) {
            throw new ConfigException(key, source, "with the other settings given only " + only + " is possible here");
        }
    }

    private static @Nullable String text(Map<String, ?> config, String key) {
        Object value = config.get(key);
        if (value instanceof org.apache.kafka.common.config.types.Password password) {
            value = password.value();
        }
        return value == null || value.toString().isBlank() ? null : value.toString();
    }

    @Override
    public String toString() {
        return "RegistrySettings[urls=" + urls + ", authorization=" + (authorization == null ? "none" : "hidden") + "]";
    }
}
