package dev.waybill.worker.sink.http.h2;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.config.H2Param;
import org.apache.hc.core5.http2.frame.FrameFlag;
import org.apache.hc.core5.http2.frame.FrameType;

/// Frames as bytes, in the order they are to go out.
final class FrameBuffer {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int size;

    FrameBuffer(int capacity) {
        this.bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    void append(FrameBuffer other) {
        put(other.bytes, 0, other.size);
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    /// What a connection begins with; settings follow.
    void preface() {
        put(PREFACE, 0, PREFACE.length);
    }

    void setting(H2Param first, int value, H2Param second, int other, H2Param third, int another) {
        head(18, FrameType.SETTINGS, 0, 0);
        put(first, value);
        put(second, other);
        put(third, another);
    }

    private void put(H2Param param, int value) {
        put((byte) (param.getCode() >>> 8));
        put((byte) param.getCode());
        putInt(value);
    }

    void settingsAck() {
        head(0, FrameType.SETTINGS, FrameFlag.ACK.getValue(), 0);
    }

    void ping(byte[] opaque, boolean ack) {
        head(opaque.length, FrameType.PING, ack ? FrameFlag.ACK.getValue() : 0, 0);
        put(opaque, 0, opaque.length);
    }

    void reset(int streamId, H2Error error) {
        head(4, FrameType.RST_STREAM, 0, streamId);
        putInt(error.getCode());
    }

    void windowUpdate(int streamId, int increment) {
        head(4, FrameType.WINDOW_UPDATE, 0, streamId);
        putInt(increment);
    }

    /// No stream of the peer's was processed, since it may begin none.
    void goAway(int code) {
        head(8, FrameType.GOAWAY, 0, 0);
        putInt(0);
        putInt(code);
    }

    void data(int streamId, byte[] from, int offset, int length, boolean last) {
        head(length, FrameType.DATA, last ? FrameFlag.END_STREAM.getValue() : 0, streamId);
        put(from, offset, length);
    }

    /// A header block, in as many frames as the peer's bound requires.
    void headers(int streamId, byte[] block, int length, boolean last, int frameMax) {
        int at = 0;
        int flags = last ? FrameFlag.END_STREAM.getValue() : 0;
        FrameType type = FrameType.HEADERS;
        do {
            int part = Math.min(length - at, frameMax);
            boolean complete = at + part == length;
            head(part, type, complete ? flags | FrameFlag.END_HEADERS.getValue() : flags, streamId);
            put(block, at, part);
            at += part;
            flags = 0;
            type = FrameType.CONTINUATION;
        } while (at < length);
    }

    private void head(int length, FrameType type, int flags, int streamId) {
        putInt(length << 8 | type.getValue());
        put((byte) flags);
        putInt(streamId);
    }

    private void putInt(int value) {
        put((byte) (value >>> 24));
        put((byte) (value >>> 16));
        put((byte) (value >>> 8));
        put((byte) value);
    }

    private void put(byte value) {
        reserve(1);
        bytes[size++] = value;
    }

    private void put(byte[] from, int offset, int length) {
        reserve(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
