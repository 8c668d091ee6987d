package dev.waybill.worker.sink.file;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How payloads stand in a segment.
enum SegmentFormat {

    /// One after the other, each on a line of its own.
    NDJSON(".ndjson"),

    /// One after the other, with nothing between them: the index says where each begins.
    CONCAT(".segment");

    private final String suffix;

    SegmentFormat(String suffix) {
        this.suffix = suffix;
    }

    /// As settings have them.
    static List<String> names() {
        return Arrays.stream(values())
                .map(one -> one.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /// The format that a setting names; null if it names none.
    static @Nullable SegmentFormat of(@Nullable String name) {
        return Arrays.stream(values())
                .filter(one -> one.name().equalsIgnoreCase(name))
                .findFirst()
                .orElse(null);
    }

    String suffix() {
        return suffix;
    }

    /// Whether a payload can stand in a segment.
    boolean takes(Payload payload) {
        Bytes body = payload.body();
        return body != null && (this != NDJSON || isOneLine(body.array()));
    }

    private static boolean isOneLine(byte[] body) {
        for (byte b : body) {
            if (b == '\n' || b == '\r') {
                return false;
            }
        }
        return body.length > 0;
    }
}
