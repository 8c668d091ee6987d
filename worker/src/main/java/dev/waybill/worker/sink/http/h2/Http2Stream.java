package dev.waybill.worker.sink.http.h2;

import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/// One request and its answer. Its caller calls, in this order, [#send], [#awaitHead], [#status], [#headers] and
/// [#body], and always [#close]; everything else is for the connection, under its lock.
///
/// ```
///   NOT ──the writer takes the last frame──► UNDER_WAY ──it is written──► WHOLLY
///    ▲                                           │
///    └──────writing fails before its last byte───┘
/// ```
public final class Http2Stream implements AutoCloseable {

    /// What an answer may send before it was read. Answers to deliveries are short.
    static final int WINDOW = 64 * 1024;

    /// The same for what was asked for because it is large: a round trip of 50 ms still allows 20 MB/s.
    static final int LARGE_WINDOW = 1024 * 1024;

    private static final byte[] NOTHING = {};

    private enum Sent {
        NOT,
        UNDER_WAY,
        WHOLLY
    }

    private final Http2Connection connection;
    private final Condition changed;
    private final List<Header> request;
    private final @Nullable Content content;

    // ---- guarded by the connection's lock: the request
    private int id;
    private long allowed;
    private long unsent;
    private byte[] chunk = NOTHING;
    private int from;
    private int to;
    private Sent sent = Sent.NOT;
    private long sentAt;
    private long bytesSent;

    // ---- the answer
    private final AnswerBuffer answer;
    private boolean reset;
    private @Nullable IOException failure;
    private boolean closed;

    Http2Stream(Http2Connection connection, List<Header> request, @Nullable Content content, boolean large) {
        this.connection = connection;
        this.changed = connection.condition();
        this.request = request;
        this.content = content;
        this.unsent = content == null ? 0 : content.size();
        this.answer = new AnswerBuffer(
                large ? LARGE_WINDOW : WINDOW, request.getFirst().getValue().equals("HEAD"));
    }

    // ---- what its caller does

    /// Hands the request over. What is in memory goes out later, as the receiver takes it; of what is not, this returns
    /// when the last piece was taken, or is not wanted any more.
    ///
    /// @throws Content.UnreadableException if the body cannot be read
    public void send() throws IOException, InterruptedException {
        if (content instanceof Content.Inline(var bytes)) {
            connection.locked(() -> offer(bytes.array(), 0, bytes.size()));
            return;
        }
        connection.locked(() -> connection.enqueue(this));
        if (content != null) {
            try {
                content.writeTo(new Pieces());
            } catch (UnwantedException e) {
                // There is an answer, or a failure that says more.
                return;
            } catch (InterruptedIOException e) {
                throw new InterruptedException();
            }
            requireComplete();
        }
    }

    private void requireComplete() throws IOException {
        connection.lock().lock();
        try {
            if (unsent > 0 && failure == null && answer.head() == null) {
                throw new IOException("the payload is shorter than it was announced");
            }
        } finally {
            connection.lock().unlock();
        }
    }

    /// Waits for an answer that counts: one that came after the whole request was sent, or that makes the rest of it
    /// needless.
    ///
    /// @param firstByte how long to wait once the request was sent
    /// @return false if none came in time
    public boolean awaitHead(Duration firstByte) throws IOException, InterruptedException {
        connection.lock().lock();
        try {
            while (!isAnswered()) {
                if (failure != null) {
                    throw failure;
                }
                long left = firstByte.toNanos() - (sent == Sent.WHOLLY ? System.nanoTime() - sentAt : 0);
                if (left <= 0) {
                    return false;
                }
                var _ = changed.awaitNanos(left);
            }
            return true;
        } finally {
            connection.lock().unlock();
        }
    }

    private boolean isAnswered() {
        ResponseHead head = answer.head();
        return head != null
                && (sent != Sent.NOT || head.status() >= HttpStatus.SC_BAD_REQUEST || (answer.isEnded() && reset));
    }

    public int status() {
        return head().status();
    }

    public List<Header> headers() {
        return head().headers();
    }

    private ResponseHead head() {
        ResponseHead head = answer.head();
        if (head == null) {
            throw new IllegalStateException("not answered yet");
        }
        return head;
    }

    /// The body of the answer. Reading it fails if the receiver or the connection breaks it off; on an interrupt, too,
    /// which stays set.
    public InputStream body() {
        return new Body();
    }

    /// When the whole request was sent, in nanoseconds of the system's clock; 0 if it was not.
    public long sentAt() {
        return sentAt;
    }

    /// Bytes of the frames that were sent for it.
    public long bytesSent() {
        return bytesSent;
    }

    /// Whether the receiver may have got the whole request. Certain only once this is closed.
    public boolean mayBeProcessed() {
        return sent != Sent.NOT && !(failure instanceof UnprocessedException);
    }

    /// Ends it, wherever it stands, and takes back what was not sent yet. The connection lives on.
    @Override
    public void close() {
        connection.locked(() -> {
            if (!closed) {
                closed = true;
                connection.release(this);
            }
        });
    }

    // ---- the request, for the connection

    List<Header> request() {
        return request;
    }

    int id() {
        return id;
    }

    boolean isOpened() {
        return id > 0;
    }

    long unsent() {
        return unsent;
    }

    int receiveWindow() {
        return answer.window();
    }

    void opened(int id, int allowed, int bytes) {
        this.id = id;
        this.allowed = allowed;
        this.bytesSent = bytes;
    }

    /// The receiver allows more, or less; false if it is more than possible.
    boolean allow(long more) {
        allowed += more;
        return allowed <= Integer.MAX_VALUE;
    }

    /// How much could go out now if only this stream were asked.
    long sendable() {
        return id == 0 || failure != null ? 0 : Math.max(0, Math.min(Math.min(to - from, unsent), allowed));
    }

    /// Moves the next bytes into a batch.
    void take(int length, Batch batch) {
        allowed -= length;
        unsent -= length;
        batch.frames().data(id, chunk, from, length, unsent == 0);
        from += length;
        bytesSent += Frame.HEAD + length;
        if (unsent == 0) {
            batch.completes(this);
        }
        if (from == to && !(content instanceof Content.Inline)) {
            changed.signal();
        }
    }

    void beingWritten() {
        sent = Sent.UNDER_WAY;
        if (answer.head() != null) {
            // An early answer counts now.
            changed.signal();
        }
    }

    void written(long now) {
        sent = Sent.WHOLLY;
        sentAt = now;
    }

    void notWritten() {
        sent = Sent.NOT;
    }

    private void offer(byte[] bytes, int offset, int size) {
        chunk = bytes;
        from = offset;
        to = offset + size;
        connection.enqueue(this);
    }

    /// Takes pieces of the body, each until the writer has it.
    private final class Pieces extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int size) throws IOException {
            connection.lock().lock();
            try {
                if (size > unsent) {
                    throw new IOException("the payload is longer than it was announced");
                }
                requireWanted();
                offer(bytes, offset, size);
                while (from < to) {
                    changed.await();
                    requireWanted();
                }
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            } finally {
                connection.lock().unlock();
            }
        }

        private void requireWanted() throws UnwantedException {
            if (failure != null || isAnswered()) {
                throw new UnwantedException();
            }
        }
    }

    /// Ends the writing of a body, and is never seen outside.
    private static final class UnwantedException extends IOException {
        private static final long serialVersionUID = 1;
    }

    // ---- the answer, for the connection

    /// Takes a header block.
    void onHeaders(List<Header> block, boolean last) throws MalformedException {
        answer.addHeaders(block, last);
        changed.signal();
    }

    /// Takes a piece of the body.
    ///
    /// @param flow what it counts for the windows
    /// @return false if it is more than was allowed
    boolean onData(byte[] bytes, int flow, boolean last) throws MalformedException {
        if (!answer.addData(bytes, flow, last)) {
            return false;
        }
        // Padding is used at once.
        use(flow - bytes.length);
        changed.signal();
        return true;
    }

    boolean isEnded() {
        return answer.isEnded();
    }

    /// Whether the whole request was sent, and nothing has come back.
    boolean isUnanswered() {
        return sent == Sent.WHOLLY && answer.isSilent() && failure == null;
    }

    /// Whether both sides are done with it.
    boolean isOver() {
        return reset || (answer.isEnded() && sent != Sent.NOT);
    }

    int unread() {
        return answer.unreadBytes();
    }

    /// The receiver gave it up.
    void onReset(IOException why) {
        reset = true;
        if (answer.isEnded()) {
            changed.signal();
        } else {
            fail(why);
        }
    }

    /// There will be nothing more.
    void fail(IOException why) {
        if (failure == null) {
            failure = why;
        }
        changed.signal();
    }

    private void use(int bytes) {
        int more = answer.use(bytes);
        if (more > 0 && failure == null && !closed) {
            connection.allow(id, more);
        }
    }

    /// Reads what has come in.
    private final class Body extends InputStream {

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int size) throws IOException {
            if (size == 0) {
                return 0;
            }
            connection.lock().lock();
            try {
                while (!answer.hasUnread()) {
                    if (answer.isReadToEnd()) {
                        return -1;
                    }
                    if (failure != null) {
                        throw failure;
                    }
                    changed.await();
                }
                int read = answer.read(bytes, offset, size);
                use(read);
                connection.used(read);
                return read;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            } finally {
                connection.lock().unlock();
            }
        }
    }
}
