package dev.waybill.worker.sink.http.h2;

import java.nio.ByteBuffer;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.frame.FrameFlag;
import org.apache.hc.core5.http2.frame.FrameType;
import org.jspecify.annotations.Nullable;

/// One frame as it came in.
///
/// @param payload valid until the next frame is read
record Frame(int type, int flags, int streamId, ByteBuffer payload) {

    /// Length, type, flags, stream.
    static final int HEAD = 9;

    /// What a peer may send unless it is told otherwise, which we never do.
    static final int PAYLOAD_MAX = 16_384;

    private static final int PRIORITY_LENGTH = 5;

    /// Null for a type that nobody knows, which is to be ignored.
    @Nullable
    FrameType kind() {
        return FrameType.valueOf(type);
    }

    boolean has(FrameFlag flag) {
        return (flags & flag.getValue()) != 0;
    }

    int length() {
        return payload.remaining();
    }

    /// The payload of a `DATA` or `HEADERS` frame without padding and priority.
    ByteBuffer content() throws H2ConnectionException {
        ByteBuffer content = payload.duplicate();
        int padding = 0;
        if (has(FrameFlag.PADDED)) {
            skip(content, 1);
            padding = content.get(content.position() - 1) & 0xff;
        }
        if (kind() == FrameType.HEADERS && has(FrameFlag.PRIORITY)) {
            skip(content, PRIORITY_LENGTH);
        }
        if (padding > content.remaining()) {
            throw new H2ConnectionException(H2Error.PROTOCOL_ERROR, "more padding than payload");
        }
        return content.limit(content.limit() - padding);
    }

    private static void skip(ByteBuffer content, int length) throws H2ConnectionException {
        if (content.remaining() < length) {
            throw new H2ConnectionException(H2Error.FRAME_SIZE_ERROR, "a frame is too short");
        }
        content.position(content.position() + length);
    }
}
