package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How several JSON payloads become one body. Their bytes are put side by side, never read or written anew.
///
/// | format   | body              | takes                                     |
/// |----------|-------------------|-------------------------------------------|
/// | `json`   | `[one,two,three]` | JSON                                      |
/// | `ndjson` | `one↵two↵three↵`  | JSON in one line                          |
enum BatchFormat {
    JSON("json", "application/json", "[", ",", "]"),
    NDJSON("ndjson", "application/x-ndjson", "", "\n", "\n");

    static final List<String> NAMES =
            Arrays.stream(values()).map(one -> one.name).toList();

    private final String name;
    private final String contentType;
    private final String before;
    private final String between;
    private final String after;

    BatchFormat(String name, String contentType, String before, String between, String after) {
        this.name = name;
        this.contentType = contentType;
        this.before = before;
        this.between = between;
        this.after = after;
    }

    /// The format of that name; null if there is none.
    static @Nullable BatchFormat of(@Nullable String name) {
        for (BatchFormat format : values()) {
            if (format.name.equals(name)) {
                return format;
            }
        }
        return null;
    }

    String contentType() {
        return contentType;
    }

    /// Whether a payload can stand in a body of this format.
    boolean takes(Payload payload) {
        Bytes body = payload.body();
        return body != null
                && body.size() > 0
                && isJson(payload.contentType())
                && (this == JSON || isOneLine(body.array()));
    }

    private static boolean isJson(String contentType) {
        int end = contentType.indexOf(';');
        String type =
                (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }

    private static boolean isOneLine(byte[] body) {
        for (byte b : body) {
            if (b == '\n' || b == '\r') {
                return false;
            }
        }
        return true;
    }

    /// The payloads as one body, in their order.
    Bytes join(List<Bytes> payloads) {
        int size = before.length() + after.length() + between.length() * (payloads.size() - 1);
        for (Bytes one : payloads) {
            size += one.size();
        }
        byte[] body = new byte[size];
        byte[] separator = ascii(between);
        int at = put(ascii(before), body, 0);
        for (int i = 0; i < payloads.size(); i++) {
            at = i == 0 ? at : put(separator, body, at);
            at = put(payloads.get(i).array(), body, at);
        }
        put(ascii(after), body, at);
        return Bytes.of(body);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static int put(byte[] part, byte[] body, int at) {
        System.arraycopy(part, 0, body, at, part.length);
        return at + part.length;
    }
}
