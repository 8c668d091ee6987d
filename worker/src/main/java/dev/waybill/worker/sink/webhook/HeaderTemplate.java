package dev.waybill.worker.sink.webhook;

import dev.waybill.worker.sink.SecretReference;
import dev.waybill.worker.sink.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A header that every request of a destination carries. Its value may hold references to secrets, as in
/// `Bearer ${dir:/secrets/acme:token}`.
///
/// @param parts literals and references in order
record HeaderTemplate(String name, List<Part> parts) {

    sealed interface Part {}

    record Literal(String text) implements Part {}

    record Reference(String text) implements Part {}

    /// Set by us or by the connection; a second one would contradict it.
    private static final Set<String> RESERVED = Set.of(
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "user-agent",
            "traceparent",
            "tracestate");

    /// Their values are secrets by their nature, and settings are readable in a topic.
    private static final Set<String> SECRET =
            Set.of("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key");

    HeaderTemplate {
        parts = List.copyOf(parts);
    }

    /// Whether a destination may choose or pass on this header.
    static boolean isReserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return RESERVED.contains(lower) || lower.startsWith("webhook-") || lower.startsWith("waybill-");
    }

    /// Reads a header of the settings.
    ///
    /// @throws IllegalArgumentException if it cannot be sent; the message does not quote the value
    static HeaderTemplate parse(String name, String value) {
        require(HttpHeaders.isValidName(name), "is no header name");
        require(!isReserved(name), "is set by Waybill and cannot be chosen");
        require(HttpHeaders.isValidValue(value), "must be one line of visible ASCII");
        require(
                !SECRET.contains(name.toLowerCase(Locale.ROOT)) || SecretReference.mentionsReference(value),
                "is a secret: give it as a reference, ${provider:path:key}");
        return new HeaderTemplate(name, split(value));
    }

    private static List<Part> split(String value) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < value.length()) {
            int start = value.indexOf("${", at);
            int end = start < 0 ? -1 : value.indexOf('}', start);
            if (end < 0) {
                parts.add(new Literal(value.substring(at)));
                return parts;
            }
            if (start > at) {
                parts.add(new Literal(value.substring(at, start)));
            }
            parts.add(new Reference(value.substring(start, end + 1)));
            at = end + 1;
        }
        return parts;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    List<String> references() {
        List<String> references = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Reference(String text)) {
                references.add(text);
            }
        }
        return references;
    }

    /// The value with its references resolved.
    String value(UnaryOperator<String> resolve) {
        if (parts.size() == 1 && parts.getFirst() instanceof Literal(String text)) {
            return text;
        }
        StringBuilder value = new StringBuilder();
        for (Part part : parts) {
            value.append(
                    switch (part) {
                        case Literal(String text) -> text;
                        case Reference(String text) -> resolve.apply(text);
                    });
        }
        return value.toString();
    }
}
