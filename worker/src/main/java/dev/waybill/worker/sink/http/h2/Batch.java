package dev.waybill.worker.sink.http.h2;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// What goes out in one write, and which requests are complete with it. Guarded by the connection's lock, except that
/// its bytes are read by the writer while nobody changes them.
final class Batch {

    /// What fits into one TLS record. Only a header block of its own may be larger.
    private static final int ROOM = 16_384;

    private final FrameBuffer frames = new FrameBuffer(ROOM);
    private final List<Http2Stream> completed = new ArrayList<>();
    private int lastCompletedAt;
    private boolean carriesRequests;

    FrameBuffer frames() {
        return frames;
    }

    boolean isEmpty() {
        return frames.size() == 0;
    }

    /// A part of a request was added.
    void carry() {
        carriesRequests = true;
    }

    boolean carriesRequests() {
        return carriesRequests;
    }

    int room() {
        return ROOM - frames.size();
    }

    /// The frame just added ends the stream's request.
    void completes(Http2Stream stream) {
        completed.add(stream);
        lastCompletedAt = frames.size();
        stream.beingWritten();
    }

    void writeTo(OutputStream out) throws IOException {
        frames.writeTo(out);
    }

    /// All of it has been written.
    void written(long now) {
        completed.forEach(stream -> stream.written(now));
        clear();
    }

    /// Writing failed. Whatever part went out, the last byte did not: the request that ends with it is not complete,
    /// and
    /// every other one may be.
    void notWritten() {
        if (!completed.isEmpty() && lastCompletedAt == frames.size()) {
            completed.getLast().notWritten();
        }
        clear();
    }

    private void clear() {
        frames.clear();
        completed.clear();
        carriesRequests = false;
    }
}
