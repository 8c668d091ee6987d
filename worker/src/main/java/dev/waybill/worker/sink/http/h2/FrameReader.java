package dev.waybill.worker.sink.http.h2;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;

/// Takes frames from a stream of bytes. (HttpCore's reader gets stream ids above 65 535 wrong.)
final class FrameReader {

    private final InputStream in;
    private final byte[] buffer = new byte[Frame.HEAD + Frame.PAYLOAD_MAX];
    private int from;
    private int to;

    FrameReader(InputStream in) {
        this.in = in;
    }

    /// The next frame.
    ///
    /// @throws EOFException if there is none, or only a part of one
    Frame read() throws IOException {
        fill(Frame.HEAD);
        ByteBuffer head = ByteBuffer.wrap(buffer, from, Frame.HEAD);
        int lengthAndType = head.getInt();
        int length = lengthAndType >>> 8;
        if (length > Frame.PAYLOAD_MAX) {
            throw new H2ConnectionException(H2Error.FRAME_SIZE_ERROR, "a frame is too long");
        }
        int flags = head.get() & 0xff;
        int streamId = head.getInt() & Integer.MAX_VALUE;
        fill(Frame.HEAD + length);
        Frame frame =
                new Frame(lengthAndType & 0xff, flags, streamId, ByteBuffer.wrap(buffer, from + Frame.HEAD, length));
        from += Frame.HEAD + length;
        return frame;
    }

    private void fill(int needed) throws IOException {
        if (to - from >= needed) {
            return;
        }
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        while (to < needed) {
            int read = in.read(buffer, to, buffer.length - to);
            if (read < 0) {
                throw new EOFException("the receiver has closed the connection");
            }
            to += read;
        }
    }
}
