package dev.waybill.worker.sink.webhook;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What a connection test sends.
enum TestRequest {
    /// Any answer passes: it proves the way and nothing else.
    HEAD,
    /// The handshake of CloudEvents' HTTP 1.1 Web Hooks for Event Delivery 1.0.2, section 4.
    OPTIONS,
    /// A request like that of a delivery, but for its type.
    PING;

    static final List<String> SETTINGS =
            Stream.of(values()).map(TestRequest::setting).toList();

    static TestRequest of(String setting) {
        return valueOf(setting.toUpperCase(Locale.ROOT));
    }

    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }
}
