package dev.waybill.worker.sink.http.h2;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.config.H2Param;
import org.apache.hc.core5.util.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/// What waits to be sent on a connection, and what may be. Guarded by the connection's lock.
///
/// A request stays here, and can be taken back without a trace, until the writer takes its frames; they go out as far
/// as
/// the peer's windows allow, in turn with those of other requests.
final class Outbox {

    /// Answers to the peer's frames that it does not fetch: more than a flood can earn means it has stopped reading.
    static final int CONTROL_MAX = 64 * 1024;

    /// Less room is left to the next batch.
    private static final int ROOM_MIN = 256;

    private final PeerSettings peer = new PeerSettings();
    private final HeaderEncoder encoder = new HeaderEncoder();
    private final FrameBuffer control = new FrameBuffer(512);
    private final SequencedSet<Http2Stream> ready = new LinkedHashSet<>();
    private final Map<Integer, Http2Stream> streams = new HashMap<>();
    private final int initialId;
    private long window = PeerSettings.WINDOW_DEFAULT;
    private int nextId;

    /// An empty one.
    ///
    /// @param firstId of the first stream; ids are odd and only grow
    Outbox(int firstId) {
        this.initialId = firstId;
        this.nextId = firstId;
        control.preface();
        control.setting(
                H2Param.ENABLE_PUSH,
                0,
                H2Param.INITIAL_WINDOW_SIZE,
                Http2Stream.WINDOW,
                H2Param.MAX_HEADER_LIST_SIZE,
                HeaderBlock.LIST_MAX);
        control.windowUpdate(0, Http2Connection.WINDOW - PeerSettings.WINDOW_DEFAULT);
    }

    /// Frames that belong to no request's turn.
    FrameBuffer control() {
        return control;
    }

    PeerSettings peer() {
        return peer;
    }

    boolean isEmpty() {
        return control.size() == 0 && ready.isEmpty();
    }

    boolean hasIds() {
        return nextId > 0;
    }

    /// The stream of that id; null if it is over.
    @Nullable
    Http2Stream stream(int id) {
        return streams.get(id);
    }

    Collection<Http2Stream> streams() {
        return streams.values();
    }

    /// Whether a stream of that id was ever begun.
    boolean wasOpened(int id) {
        return (id & 1) == 1 && id >= initialId && (nextId < 0 || id < nextId);
    }

    /// The stream has something to send.
    void add(Http2Stream stream) {
        ready.add(stream);
    }

    void remove(Http2Stream stream) {
        ready.remove(stream);
        streams.remove(stream.id());
    }

    /// Takes out the requests of which nothing was sent.
    List<Http2Stream> takeUnopened() {
        List<Http2Stream> unopened =
                ready.stream().filter(stream -> !stream.isOpened()).toList();
        unopened.forEach(ready::remove);
        return unopened;
    }

    /// Keeps to what the peer has said.
    void apply(Frame settings) throws H2ConnectionException {
        int before = peer.window();
        peer.apply(settings.payload());
        encoder.limit(peer.headerTable());
        long more = (long) peer.window() - before;
        if (more != 0) {
            for (Http2Stream stream : streams.values()) {
                if (!stream.allow(more)) {
                    throw overflow();
                }
                addIfReady(stream);
            }
        }
        control.settingsAck();
    }

    /// The peer allows more, on the connection.
    void allow(int more) throws H2ConnectionException {
        boolean starved = window <= 0;
        window += more;
        if (window > Integer.MAX_VALUE) {
            throw overflow();
        }
        if (starved) {
            streams.values().forEach(this::addIfReady);
        }
    }

    private static H2ConnectionException overflow() {
        return new H2ConnectionException(H2Error.FLOW_CONTROL_ERROR, "a window is too large");
    }

    private void addIfReady(Http2Stream stream) {
        if (stream.sendable() > 0) {
            ready.add(stream);
        }
    }

    /// The peer allows more, on a stream; false if that is too much.
    boolean allow(Http2Stream stream, int more) {
        if (!stream.allow(more)) {
            return false;
        }
        addIfReady(stream);
        return true;
    }

    /// Frames for one write: first what is owed to the peer, then a part of each request in turn.
    void fill(Batch batch) {
        fillControl(batch);
        while (!ready.isEmpty() && batch.room() > ROOM_MIN) {
            Http2Stream stream = ready.getFirst();
            if (!stream.isOpened() && !fits(stream, batch)) {
                return;
            }
            ready.removeFirst();
            if (stream.isOpened() || open(stream, batch)) {
                data(stream, batch);
            }
        }
    }

    void fillControl(Batch batch) {
        batch.frames().append(control);
        control.clear();
    }

    /// A header block goes out in one piece, and so that at most its own stream is in doubt when that fails.
    private static boolean fits(Http2Stream stream, Batch batch) {
        return batch.isEmpty() || HeaderEncoder.atMost(stream.request()) <= batch.room();
    }

    private boolean open(Http2Stream stream, Batch batch) {
        if (!hasIds()) {
            stream.fail(new UnprocessedException("the connection has no stream left"));
            return false;
        }
        int id = nextId;
        // Negative after the last one.
        nextId += 2;
        ByteArrayBuffer block = encoder.encode(stream.request());
        boolean last = stream.unsent() == 0;
        int before = batch.frames().size();
        batch.frames().headers(id, block.array(), block.length(), last, peer.maxFrame());
        batch.carry();
        streams.put(id, stream);
        stream.opened(id, peer.window(), batch.frames().size() - before);
        if (stream.receiveWindow() > Http2Stream.WINDOW) {
            control.windowUpdate(id, stream.receiveWindow() - Http2Stream.WINDOW);
        }
        if (last) {
            batch.completes(stream);
        }
        return true;
    }

    private void data(Http2Stream stream, Batch batch) {
        int most = Math.min(peer.maxFrame(), batch.room() - Frame.HEAD);
        int length = (int) Math.min(Math.min(stream.sendable(), window), most);
        if (length > 0) {
            window -= length;
            batch.carry();
            stream.take(length, batch);
        }
        if (window > 0) {
            addIfReady(stream);
        }
    }
}
