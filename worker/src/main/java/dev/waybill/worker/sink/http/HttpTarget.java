package dev.waybill.worker.sink.http;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.core5.http.HttpHost;

/// Where a request goes, taken apart once per destination instead of once per attempt.
///
/// @param origin    scheme, host and port: what a pooled connection belongs to
/// @param path      path and query, as they stand on the request line
/// @param authority value of the `Host` header
public record HttpTarget(HttpHost origin, String path, String authority) {

    private static final String HTTPS = "https";

    /// Reads an absolute `http` or `https` URL.
    ///
    /// @throws IllegalArgumentException if it cannot be used; the message says why and does not quote it,
    ///     because it may hold a secret
    public static HttpTarget parse(String url) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be a URL: " + e.getReason(), e);
        }
        String scheme = uri.getScheme();
        require(
                HTTPS.equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme),
                "must begin with http:// or https://");
        require(uri.getRawUserInfo() == null, "must not hold a user or password");
        require(uri.getRawFragment() == null, "must not have a fragment");
        String host = uri.getHost();
        require(host != null && !host.isEmpty(), "needs a host name of letters, digits, dots and hyphens");
        require(uri.getPort() <= 65_535 && uri.getPort() != 0, "has a port that does not exist");
        boolean secure = HTTPS.equalsIgnoreCase(scheme);
        int port = uri.getPort() < 0 ? defaultPort(secure) : uri.getPort();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new HttpTarget(
                new HttpHost(secure ? HTTPS : "http", bare, port),
                path(uri),
                port == defaultPort(secure) ? host : host + ":" + port);
    }

    /// Whether requests to a URL go by TLS; false for what is no URL.
    public static boolean isTls(String url) {
        try {
            return parse(url).secure();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static String path(URI uri) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
        return ascii.getRawQuery() == null ? path : path + "?" + ascii.getRawQuery();
    }

    private static int defaultPort(boolean secure) {
        return secure ? 443 : 80;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    public boolean secure() {
        return isSecure(origin);
    }

    static boolean isSecure(HttpHost origin) {
        return HTTPS.equals(origin.getSchemeName());
    }
}
