package dev.waybill.bench.receiver;

import java.nio.charset.StandardCharsets;

/// What the receiver reads of a request. Only what benchmarks send is understood: a length, no chunks.
///
/// @param id of the delivery, `run-number`; empty if there was none
/// @param end in the buffer, body included
record Request(String path, String id, int end) {

    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID = "webhook-id:".getBytes(StandardCharsets.US_ASCII);

    /// The request at the start of the bytes; null while it is not all there.
    static @org.jspecify.annotations.Nullable Request parse(byte[] bytes, int length) {
        int line = 0;
        String path = "";
        String id = "";
        int bodyLength = 0;
        while (true) {
            int end = endOfLine(bytes, line, length);
            if (end < 0) {
                return null;
            }
            if (end == line) {
                int requestEnd = end + 2 + bodyLength;
                return requestEnd <= length ? new Request(path, id, requestEnd) : null;
            }
            if (line == 0) {
                path = path(bytes, end);
            } else if (startsWith(bytes, line, end, LENGTH)) {
                bodyLength = Integer.parseInt(value(bytes, line + LENGTH.length, end));
            } else if (startsWith(bytes, line, end, ID)) {
                id = value(bytes, line + ID.length, end);
            }
            line = end + 2;
        }
    }

    private static int endOfLine(byte[] bytes, int from, int length) {
        for (int i = from; i + 1 < length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static String path(byte[] bytes, int end) {
        int from = 0;
        while (bytes[from] != ' ') {
            from++;
        }
        int to = from + 1;
        while (to < end && bytes[to] != ' ' && bytes[to] != '?') {
            to++;
        }
        return ascii(bytes, from + 1, to);
    }

    private static boolean startsWith(byte[] bytes, int from, int end, byte[] lowerCase) {
        if (end - from < lowerCase.length) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            if (Character.toLowerCase(bytes[from + i]) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    private static String value(byte[] bytes, int from, int end) {
        return ascii(bytes, from, end).strip();
    }

    private static String ascii(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }
}
