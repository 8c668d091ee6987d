package dev.waybill.worker.sink.http.h2;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/// What has come in of one answer. Guarded by the connection's lock.
final class AnswerBuffer {

    /// As over HTTP/1.1.
    private static final int INTERIM_MAX = 8;

    private final boolean bodiless;
    private final ReceiveWindow window;
    private final Deque<byte[]> unread = new ArrayDeque<>();
    private @Nullable ResponseHead head;
    private int interim;
    private int readOfFirst;
    private int unreadBytes;
    private long length;
    private boolean ended;
    private @Nullable MalformedException cut;

    /// An empty one.
    ///
    /// @param window   what may come before it is read
    /// @param bodiless whether the answer has no body whatever it says of its length
    AnswerBuffer(int window, boolean bodiless) {
        this.window = new ReceiveWindow(window);
        this.bodiless = bodiless;
    }

    int window() {
        return window.size();
    }

    /// The head, once it has come.
    @Nullable
    ResponseHead head() {
        return head;
    }

    /// Whether not even an interim answer has come.
    boolean isSilent() {
        return head == null && interim == 0;
    }

    /// Whether all of it has come.
    boolean isEnded() {
        return ended;
    }

    boolean hasUnread() {
        return unreadBytes > 0;
    }

    int unreadBytes() {
        return unreadBytes;
    }

    /// Takes a header block.
    void addHeaders(List<Header> block, boolean last) throws MalformedException {
        if (head == null) {
            ResponseHead found = ResponseHead.of(block);
            if (!found.isInterim()) {
                head = found;
            } else if (last || ++interim > INTERIM_MAX) {
                throw new MalformedException("interim responses only", null);
            }
        } else if (!last) {
            throw new MalformedException("a second answer", null);
        }
        if (last) {
            end();
        }
    }

    /// Takes a piece of the body.
    ///
    /// @param flow what it counts for the window: with its padding
    /// @return false if it is more than was allowed
    boolean addData(byte[] bytes, int flow, boolean last) throws MalformedException {
        if (head == null) {
            throw new MalformedException("a body before its head", null);
        }
        if (!window.take(flow)) {
            return false;
        }
        length += bytes.length;
        if (bytes.length > 0) {
            unread.addLast(bytes);
            unreadBytes += bytes.length;
        }
        if (last) {
            end();
        }
        return true;
    }

    private void end() {
        ended = true;
        if (head != null
                && head.length() >= 0
                && head.length() != length
                && !bodiless
                && head.status() != HttpStatus.SC_NOT_MODIFIED) {
            cut = new MalformedException("the body is not as long as announced", null);
        }
    }

    /// Whether there is nothing to read any more; it fails if a part is missing.
    boolean isReadToEnd() throws MalformedException {
        if (!hasUnread() && cut != null) {
            throw cut;
        }
        return !hasUnread() && (ended || bodiless);
    }

    /// Moves bytes out; there must be some.
    int read(byte[] bytes, int offset, int size) {
        byte[] first = unread.getFirst();
        int taken = Math.min(size, first.length - readOfFirst);
        System.arraycopy(first, readOfFirst, bytes, offset, taken);
        readOfFirst += taken;
        unreadBytes -= taken;
        if (readOfFirst == first.length) {
            unread.removeFirst();
            readOfFirst = 0;
        }
        return taken;
    }

    /// Some of what came was used.
    ///
    /// @return how much to allow anew; 0 if that is not worth a frame, or there is nothing more to come
    int use(int bytes) {
        int more = window.use(bytes);
        return ended ? 0 : more;
    }
}
