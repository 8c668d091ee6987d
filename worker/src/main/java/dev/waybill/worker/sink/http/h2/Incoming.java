package dev.waybill.worker.sink.http.h2;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.frame.FrameFlag;
import org.apache.hc.core5.http2.frame.FrameType;
import org.jspecify.annotations.Nullable;

/// What each frame of the peer means. Called by the reader, under the connection's lock.
///
/// A peer that breaks the rules of one stream loses that stream; one that breaks those of the connection, or sends
/// without end what brings nothing, loses the connection.
final class Incoming {

    private static final int PING_LENGTH = 8;

    private final Http2Connection connection;
    private final Outbox outbox;
    private final ReceiveWindow window;
    private final HeaderBlock block = new HeaderBlock();
    private final FrameBudget budget = new FrameBudget();
    private boolean inBlock;
    private boolean greeted;
    private int lastAllowed = Integer.MAX_VALUE;

    Incoming(Http2Connection connection, Outbox outbox, ReceiveWindow window) {
        this.connection = connection;
        this.outbox = outbox;
        this.window = window;
    }

    void handle(Frame frame) throws H2ConnectionException {
        FrameType kind = frame.kind();
        require(
                inBlock == (kind == FrameType.CONTINUATION) && (!inBlock || frame.streamId() == block.streamId()),
                "a header block is interrupted");
        require(greeted || (kind == FrameType.SETTINGS && !frame.has(FrameFlag.ACK)), "settings do not come first");
        switch (kind) {
            case DATA -> data(frame);
            case HEADERS -> {
                block.begin(frame.streamId(), frame.has(FrameFlag.END_STREAM));
                headers(frame, frame.content());
            }
            case CONTINUATION -> headers(frame, frame.payload());
            case RST_STREAM -> reset(frame);
            case SETTINGS -> settings(frame);
            case PING -> ping(frame);
            case GOAWAY -> goAway(frame);
            case WINDOW_UPDATE -> windowUpdate(frame);
            case PUSH_PROMISE -> throw violation("a push, which was not allowed");
            case PRIORITY, PRIORITY_UPDATE -> spend();
            case null -> spend();
        }
    }

    private void data(Frame frame) throws H2ConnectionException {
        Http2Stream stream = find(frame);
        int flow = frame.length();
        if (!window.take(flow)) {
            throw new H2ConnectionException(H2Error.FLOW_CONTROL_ERROR, "more than the connection's window");
        }
        ByteBuffer content = frame.content();
        boolean last = frame.has(FrameFlag.END_STREAM);
        if (content.hasRemaining() || last) {
            budget.earn();
        } else {
            spend();
        }
        if (stream == null || stream.isEnded()) {
            spend();
            connection.used(flow);
            return;
        }
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        connection.used(flow - bytes.length);
        try {
            if (!stream.onData(bytes, flow, last)) {
                abandon(stream, H2Error.FLOW_CONTROL_ERROR, "more than the window of a stream");
            }
        } catch (MalformedException e) {
            abandon(stream, H2Error.PROTOCOL_ERROR, e);
        }
    }

    /// The stream of a frame; null if it is over.
    private @Nullable Http2Stream find(Frame frame) throws H2ConnectionException {
        Http2Stream stream = outbox.stream(frame.streamId());
        require(stream != null || outbox.wasOpened(frame.streamId()), "a frame for a stream that never was");
        return stream;
    }

    private void headers(Frame frame, ByteBuffer fragment) throws H2ConnectionException {
        inBlock = true;
        block.append(fragment);
        if (!frame.has(FrameFlag.END_HEADERS)) {
            return;
        }
        inBlock = false;
        Http2Stream stream = find(frame);
        try {
            List<Header> headers = block.decode();
            if (stream == null || stream.isEnded()) {
                spend();
                return;
            }
            stream.onHeaders(headers, block.last());
            budget.earn();
        } catch (MalformedException e) {
            if (stream != null) {
                abandon(stream, H2Error.PROTOCOL_ERROR, e);
            }
        }
    }

    private void abandon(Http2Stream stream, H2Error error, String message) {
        abandon(stream, error, new MalformedException(message, null));
    }

    private void abandon(Http2Stream stream, H2Error error, MalformedException why) {
        connection.reset(stream, error);
        stream.onReset(why);
    }

    private void reset(Frame frame) throws H2ConnectionException {
        requireLength(frame, 4);
        spend();
        Http2Stream stream = find(frame);
        if (stream == null) {
            return;
        }
        int code = frame.payload().getInt();
        if (code == H2Error.REFUSED_STREAM.getCode()) {
            connection.refused();
            stream.onReset(new UnprocessedException("the receiver refused the request before it looked at it"));
        } else {
            stream.onReset(new StreamResetException(code));
        }
        outbox.remove(stream);
    }

    private void settings(Frame frame) throws H2ConnectionException {
        require(frame.streamId() == 0, "settings of a stream");
        spend();
        if (frame.has(FrameFlag.ACK)) {
            requireLength(frame, 0);
            return;
        }
        outbox.apply(frame);
        greeted = true;
        connection.greeted();
    }

    private void ping(Frame frame) throws H2ConnectionException {
        require(frame.streamId() == 0, "a ping of a stream");
        requireLength(frame, PING_LENGTH);
        spend();
        if (!frame.has(FrameFlag.ACK)) {
            byte[] opaque = new byte[PING_LENGTH];
            frame.payload().get(opaque);
            connection.answerPing(opaque);
        } else {
            connection.pingAnswered();
        }
    }

    private void goAway(Frame frame) throws H2ConnectionException {
        require(frame.streamId() == 0 && frame.length() >= 8, "no proper end");
        spend();
        int last = frame.payload().getInt() & Integer.MAX_VALUE;
        require(last <= lastAllowed, "the end moves");
        lastAllowed = last;
        connection.drain(last);
    }

    private void windowUpdate(Frame frame) throws H2ConnectionException {
        requireLength(frame, 4);
        spend();
        int more = frame.payload().getInt() & Integer.MAX_VALUE;
        if (frame.streamId() == 0) {
            require(more > 0, "no credit at all");
            outbox.allow(more);
        } else {
            Http2Stream stream = find(frame);
            if (stream != null && more == 0) {
                abandon(stream, H2Error.PROTOCOL_ERROR, "no credit at all");
            } else if (stream != null && !outbox.allow(stream, more)) {
                abandon(stream, H2Error.FLOW_CONTROL_ERROR, "the window of a stream is too large");
            }
        }
        connection.wakeWriter();
    }

    /// A part of a request was sent, to which credit comes back.
    void sent() {
        budget.earn();
    }

    private void spend() throws H2ConnectionException {
        if (!budget.spend()) {
            throw new H2ConnectionException(H2Error.ENHANCE_YOUR_CALM, "too many frames that bring nothing");
        }
    }

    private static void requireLength(Frame frame, int length) throws H2ConnectionException {
        if (frame.length() != length) {
            throw new H2ConnectionException(H2Error.FRAME_SIZE_ERROR, "a frame is too short or too long");
        }
    }

    private static void require(boolean holds, String message) throws H2ConnectionException {
        if (!holds) {
            throw violation(message);
        }
    }

    private static H2ConnectionException violation(String message) {
        return new H2ConnectionException(H2Error.PROTOCOL_ERROR, message);
    }
}
