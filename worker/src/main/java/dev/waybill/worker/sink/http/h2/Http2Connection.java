package dev.waybill.worker.sink.http.h2;

import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.jspecify.annotations.Nullable;

/// A connection that carries several requests at a time.
///
/// ```
///   greeting ──the peer's settings──► open ──GOAWAY, no ids, refused──► draining ──► ended
///                                     │  ▲
///             a request got no answer ▼  │ any frame
///                                    suspect        takes no new requests, as draining does not
/// ```
public final class Http2Connection {

    /// Requests at a time, as many as RFC 9113 wants every peer to allow. More would only queue behind one TLS stream
    /// and one writer: a second connection serves them better.
    static final int STREAMS_MAX = 100;

    /// What all answers together may send before they were read: as much memory as a hostile peer can claim.
    static final int WINDOW = 2 * 1024 * 1024;

    /// How long to wait until a peer that broke the rules was told so, or has told what we did.
    private static final Duration FAREWELL = Duration.ofMillis(500);

    /// The protocol's first id of a client.
    private static final int FIRST_ID = 1;

    private static final byte[] PING = {'w', 'a', 'y', 'b', 'i', 'l', 'l', 0};

    private final Socket plain;
    private final SSLSocket tls;
    private final String remoteAddress;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();

    // ---- guarded by the lock
    private final Outbox outbox;
    private final ReceiveWindow window = new ReceiveWindow(WINDOW);
    private final Incoming incoming;
    private final Liveness liveness;
    private int limit = STREAMS_MAX;
    private boolean greeted;
    private boolean draining;
    private boolean saysGoodbye;
    private boolean writesGoodbye;
    private boolean saidGoodbye;
    private @Nullable IOException ended;

    private Http2Connection(Socket plain, SSLSocket tls, int firstId, LongSupplier clock) {
        this.plain = plain;
        this.clock = clock;
        this.liveness = new Liveness(clock.getAsLong());
        this.tls = tls;
        this.remoteAddress = plain.getInetAddress().getHostAddress() + ":" + plain.getPort();
        this.outbox = new Outbox(firstId);
        this.incoming = new Incoming(this, outbox, window);
    }

    /// A connection over a socket on which both sides have agreed to speak HTTP/2.
    public static Http2Connection over(Socket plain, SSLSocket tls) {
        return over(plain, tls, FIRST_ID, System::nanoTime);
    }

    /// A connection with a clock of its own.
    ///
    /// @param firstId of its streams
    /// @param clock   nanoseconds, only forward
    static Http2Connection over(Socket plain, SSLSocket tls, int firstId, LongSupplier clock) {
        Http2Connection connection = new Http2Connection(plain, tls, firstId, clock);
        Thread.ofVirtual().name("waybill-http2-writer").start(connection::write);
        Thread.ofVirtual().name("waybill-http2-reader").start(connection::read);
        return connection;
    }

    /// Waits until the peer has begun to speak HTTP/2, and so has accepted the TLS handshake, too.
    ///
    /// @throws SocketTimeoutException if it does not in time
    public void awaitSettings(Duration timeout) throws IOException, InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!greeted && ended == null) {
                if (left <= 0) {
                    throw new SocketTimeoutException();
                }
                left = progress.awaitNanos(left);
            }
            if (ended != null) {
                throw ended;
            }
            if (outbox.peer().maxStreams() == 0) {
                throw new IOException("the receiver takes no requests");
            }
        } finally {
            lock.unlock();
        }
    }

    /// Begins a request; nothing is sent yet.
    ///
    /// @param headers as [RequestHead] makes them
    /// @param large   whether the answer is worth a large window
    public Http2Stream open(List<Header> headers, @Nullable Content body, boolean large) {
        return new Http2Stream(this, headers, body, large);
    }

    public String remoteAddress() {
        return remoteAddress;
    }

    public SSLSession session() {
        return tls.getSession();
    }

    /// How many requests it takes at a time; 0 if it takes no new ones.
    public int capacity() {
        lock.lock();
        try {
            return takesNone() ? 0 : Math.min(limit, outbox.peer().maxStreams());
        } finally {
            lock.unlock();
        }
    }

    private boolean takesNone() {
        return liveness.isSuspect() || takesNoneAgain();
    }

    private boolean takesNoneAgain() {
        return ended != null || draining || !outbox.hasIds();
    }

    /// Whether it will never take a new request again.
    public boolean isOver() {
        lock.lock();
        try {
            return takesNoneAgain();
        } finally {
            lock.unlock();
        }
    }

    /// Whether a new request may be sent on it. Whoever has been silent for long is asked, and what it answers counts
    /// the next time.
    public boolean isUsable() {
        return tend() && capacity() > 0;
    }

    /// Looks after it, every few seconds: ends it if the peer does not take bytes or does not answer a ping.
    ///
    /// @return whether it is still there
    public boolean tend() {
        String why;
        lock.lock();
        try {
            long now = clock.getAsLong();
            if (ended != null) {
                return false;
            }
            why = liveness.giveUp(now);
            if (why == null && liveness.isQuiet(now)) {
                ask(now);
            }
        } finally {
            lock.unlock();
        }
        if (why != null) {
            end(new IOException(why));
        }
        return why == null;
    }

    private void ask(long now) {
        if (liveness.ask(now)) {
            outbox.control().ping(PING, false);
            work.signal();
        }
    }

    /// Ends it at once, or within [#FAREWELL] if the peer is just being told why. What is in flight fails.
    public void discard() {
        lock.lock();
        try {
            if (saysGoodbye) {
                return;
            }
        } finally {
            lock.unlock();
        }
        end(new IOException("the connection was closed"));
    }

    private void end(IOException why) {
        lock.lock();
        try {
            failAll(why);
            saysGoodbye = false;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            plain.close();
        } catch (IOException e) {
            // It is of no use any more, however it ends.
        }
    }

    private void failAll(IOException why) {
        if (ended != null) {
            return;
        }
        ended = why;
        progress.signalAll();
        outbox.takeUnopened().forEach(stream -> stream.fail(failure(why)));
        outbox.streams().forEach(stream -> stream.fail(failure(why)));
    }

    private static IOException failure(IOException why) {
        return why instanceof H2ConnectionException
                ? new MalformedException("the receiver does not keep to HTTP/2", why)
                : new IOException("the connection ended", why);
    }

    // ---- for streams

    ReentrantLock lock() {
        return lock;
    }

    Condition condition() {
        return lock.newCondition();
    }

    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /// The stream has something to send, perhaps its first frame.
    void enqueue(Http2Stream stream) {
        if (ended != null) {
            stream.fail(failure(ended));
        } else if (draining && !stream.isOpened()) {
            stream.fail(new UnprocessedException("the receiver takes no more requests on this connection"));
        } else {
            outbox.add(stream);
            work.signal();
        }
    }

    /// Its caller is done with the stream.
    void release(Http2Stream stream) {
        outbox.remove(stream);
        if (!stream.isOpened() || ended != null) {
            return;
        }
        used(stream.unread());
        if (!stream.isOver()) {
            reset(stream, H2Error.CANCEL);
        }
        if (stream.isUnanswered() && liveness.isSilentSince(stream.sentAt())) {
            // Perhaps nobody is there.
            liveness.suspect();
            ask(clock.getAsLong());
        }
    }

    void reset(Http2Stream stream, H2Error error) {
        outbox.control().reset(stream.id(), error);
        outbox.remove(stream);
        work.signal();
    }

    /// The stream may receive more.
    void allow(int streamId, int more) {
        outbox.control().windowUpdate(streamId, more);
        work.signal();
    }

    /// Something that came in was used, or is of no use.
    void used(int bytes) {
        int more = window.use(bytes);
        if (more > 0 && ended == null) {
            allow(0, more);
        }
    }

    // ---- for frames that came in

    void greeted() {
        greeted = true;
        progress.signalAll();
        work.signal();
    }

    void wakeWriter() {
        work.signal();
    }

    void answerPing(byte[] opaque) throws H2ConnectionException {
        if (outbox.control().size() > Outbox.CONTROL_MAX) {
            throw new H2ConnectionException(H2Error.ENHANCE_YOUR_CALM, "pings whose answers are not taken");
        }
        outbox.control().ping(opaque, true);
        work.signal();
    }

    void pingAnswered() {
        liveness.answered();
    }

    /// The peer refused a stream: it takes no more than the others it has.
    void refused() {
        int others = outbox.streams().size() - 1;
        limit = Math.min(limit, others);
        draining = draining || others == 0;
    }

    /// The peer ends the connection.
    ///
    /// @param last the last stream that it has looked at, or may
    void drain(int last) {
        draining = true;
        for (Http2Stream stream : outbox.takeUnopened()) {
            stream.fail(unprocessed());
        }
        for (Http2Stream stream : List.copyOf(outbox.streams())) {
            if (stream.id() > last) {
                outbox.remove(stream);
                stream.onReset(unprocessed());
            }
        }
    }

    private static UnprocessedException unprocessed() {
        return new UnprocessedException("the receiver ended the connection before it looked at the request");
    }

    // ---- the two threads

    private void read() {
        try {
            FrameReader reader = new FrameReader(tls.getInputStream());
            while (true) {
                Frame frame = reader.read();
                lock.lock();
                try {
                    if (ended != null) {
                        return;
                    }
                    liveness.heard(clock.getAsLong());
                    incoming.handle(frame);
                } finally {
                    lock.unlock();
                }
            }
        } catch (H2ConnectionException e) {
            sayGoodbye(e);
        } catch (IOException e) {
            end(e);
        } catch (RuntimeException e) {
            end(new IOException("a frame could not be understood", e));
        }
    }

    /// Tells the peer what it did wrong, if it can be told within a moment, and ends.
    private void sayGoodbye(H2ConnectionException why) {
        long until = System.nanoTime() + FAREWELL.toNanos();
        lock.lock();
        try {
            if (ended == null) {
                failAll(why);
                saysGoodbye = true;
                outbox.control().goAway(why.getCode());
                work.signal();
                await(() -> saidGoodbye, until);
            }
        } finally {
            lock.unlock();
        }
        linger(until);
        end(why);
    }

    /// Reads on until the peer closes: with bytes left unread the system would reset the connection, and our last words
    /// would be lost on the way.
    private void linger(long until) {
        try {
            plain.shutdownOutput();
            byte[] unread = new byte[Frame.PAYLOAD_MAX];
            long left = until - System.nanoTime();
            while (left > 0) {
                plain.setSoTimeout((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
                if (plain.getInputStream().read(unread) < 0) {
                    return;
                }
                left = until - System.nanoTime();
            }
        } catch (IOException e) {
            // It has been long enough, or the peer was quicker.
        }
    }

    private void await(BooleanSupplier what, long until) {
        try {
            long left = until - System.nanoTime();
            while (!what.getAsBoolean() && left > 0) {
                left = progress.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a connection's own threads", e);
        }
    }

    private void write() {
        Batch batch = new Batch();
        try {
            OutputStream out = tls.getOutputStream();
            while (take(batch)) {
                batch.writeTo(out);
                written(batch);
            }
        } catch (IOException e) {
            letReaderEnd(batch);
            end(e);
        } catch (RuntimeException e) {
            end(new IOException("a request could not be sent", e));
        }
    }

    /// Whoever does not listen may have said why: what the reader finds tells more than that writing failed.
    private void letReaderEnd(Batch batch) {
        long until = System.nanoTime() + FAREWELL.toNanos();
        lock.lock();
        try {
            batch.notWritten();
            saidGoodbye = true;
            progress.signalAll();
            await(() -> ended != null, until);
        } finally {
            lock.unlock();
        }
    }

    private boolean take(Batch batch) {
        lock.lock();
        try {
            while (ended == null && outbox.isEmpty()) {
                work.awaitUninterruptibly();
            }
            if (ended == null) {
                outbox.fill(batch);
            } else if (saysGoodbye && !saidGoodbye) {
                outbox.fillControl(batch);
                writesGoodbye = true;
            } else {
                return false;
            }
            liveness.beginWriting(clock.getAsLong());
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void written(Batch batch) {
        lock.lock();
        try {
            liveness.endWriting();
            if (batch.carriesRequests()) {
                incoming.sent();
            }
            batch.written(System.nanoTime());
            if (writesGoodbye) {
                saidGoodbye = true;
                progress.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
