package dev.waybill.worker.sink.smtp;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How a connection is secured, with the port that is usual for it.
enum Security {
    /// Begins in the clear, and nothing but that is said before it is secured (RFC 3207).
    STARTTLS(587),
    /// From the first byte on (RFC 8314).
    TLS(465),
    /// Not at all.
    NONE(25);

    private final int port;

    Security(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Security::wireName).toList();
    }

    static Security of(String name) {
        return valueOf(name.strip().toUpperCase(Locale.ROOT));
    }
}
