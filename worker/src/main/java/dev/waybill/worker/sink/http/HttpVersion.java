package dev.waybill.worker.sink.http;

import java.util.Arrays;
import java.util.List;

/// Which versions of HTTP are offered to a receiver over TLS; without TLS it is always 1.1.
public enum HttpVersion {
    /// HTTP/2 and 1.1, and the receiver chooses (ALPN).
    AUTO("auto"),
    /// Only 1.1, without asking.
    ONE("1.1");

    /// Their names in a destination's settings.
    public static final List<String> SETTINGS =
            Arrays.stream(values()).map(HttpVersion::setting).toList();

    /// The name of HTTP/2 in the handshake.
    static final String HTTP_2 = "h2";

    private final String setting;

    HttpVersion(String setting) {
        this.setting = setting;
    }

    /// The version of that name.
    ///
    /// @throws IllegalArgumentException if there is none
    public static HttpVersion of(String setting) {
        for (HttpVersion version : values()) {
            if (version.setting.equals(setting)) {
                return version;
            }
        }
        throw new IllegalArgumentException("must be one of " + String.join(", ", SETTINGS));
    }

    public String setting() {
        return setting;
    }

    /// As the handshake names them; empty if nothing is asked.
    String[] protocols() {
        return switch (this) {
            case AUTO -> new String[] {HTTP_2, "http/1.1"};
            case ONE -> new String[0];
        };
    }
}
