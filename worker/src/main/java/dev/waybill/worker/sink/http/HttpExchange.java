package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.pool.BackingOffException;
import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.pool.Share;
import dev.waybill.worker.pool.SlowPeerException;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpResult.Reply;
import dev.waybill.worker.sink.http.h2.Http2Connection;
import dev.waybill.worker.sink.http.h2.Http2Stream;
import dev.waybill.worker.sink.http.h2.MalformedException;
import dev.waybill.worker.sink.http.h2.RequestHead;
import dev.waybill.worker.sink.http.h2.StreamResetException;
import dev.waybill.worker.sink.http.h2.UnprocessedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSession;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// One request on its way: leases, connects, sends, reads. Lives on one thread, for one call.
final class HttpExchange {

    /// A receiver that refuses a request while it is being sent answers before it closes; longer is not worth
    /// the slot.
    private static final Timeout EARLY_ANSWER = Timeout.ofMilliseconds(500);

    private final Connections connections;
    private final Route route;
    private final HttpCall call;
    private final Progress progress;
    private final long end;
    private long bytesSent;
    private @Nullable String remoteAddress;
    private @Nullable SSLSession tls;

    HttpExchange(Connections connections, Route route, HttpCall call, InFlight inFlight) {
        this.connections = connections;
        this.route = route;
        this.call = call;
        this.progress = new Progress(inFlight);
        this.end = System.nanoTime() + call.timeouts().total().toNanos();
    }

    private static ClassicHttpRequest request(HttpCall call) {
        BasicClassicHttpRequest request =
                new BasicClassicHttpRequest(call.method(), call.target().path());
        request.addHeader("Host", call.target().authority());
        for (Header header : call.headers()) {
            request.addHeader(header);
        }
        if (call.body() != null) {
            request.addHeader("Content-Length", Long.toString(call.body().size()));
            request.setEntity(new ContentEntity(call.body()));
        }
        return request;
    }

    HttpResult run() throws InterruptedException {
        Reply reply = reply();
        return new HttpResult(reply, progress.clock.phases(), bytesSent, remoteAddress, tls);
    }

    private Reply reply() throws InterruptedException {
        try {
            return converse();
        } catch (InterruptedException e) {
            return new NoAnswer(interrupted());
        } catch (TimeoutException e) {
            return new NoAnswer(TransportFaults.noConnectionFree());
        } catch (IOException | HttpException e) {
            return new NoAnswer(isInterrupted() ? interrupted() : failed(e));
        }
    }

    private boolean isInterrupted() {
        return progress.inFlight.reason() != null || Thread.currentThread().isInterrupted();
    }

    /// What an interrupt means: the end of this call, or of the worker.
    private Outcome.Failed interrupted() throws InterruptedException {
        InFlight.Abort reason = progress.inFlight.reason();
        if (reason == null) {
            throw new InterruptedException();
        }
        return TransportFaults.aborted(progress.stage, reason);
    }

    private Outcome.Failed failed(Exception e) {
        return switch (e) {
            case DialException dial -> TransportFaults.dial(dial);
            case Content.UnreadableException unreadable -> Failures.unreadable(unreadable);
            case BackingOffException waiting -> TransportFaults.backingOff(waiting);
            case SlowPeerException _ -> TransportFaults.timedOut(Stage.CONNECTING);
            case UnprocessedException refused -> TransportFaults.unprocessed(refused);
            case MalformedException _ when progress.stage == Stage.ANSWERING -> TransportFaults.notHttp();
            case HttpException _ -> TransportFaults.notHttp();
            case MessageConstraintException _ -> TransportFaults.notHttp();
            default -> TransportFaults.broken(progress.stage, e);
        };
    }

    private Reply converse() throws InterruptedException, TimeoutException, IOException, HttpException {
        if (route.mayBeShared() && !call.fresh()) {
            return shared();
        }
        try (Lease<Route, Link> lease = connections.lease(route, call.timeouts().connect())) {
            return alone(lease, call.fresh() ? null : lease.reuse(), true);
        }
    }

    /// On a connection that others may use, too; on another one if it turns out that nothing can have been processed.
    private Reply shared() throws InterruptedException, TimeoutException, IOException, HttpException {
        for (boolean first = true; ; first = false) {
            progress.stage = Stage.CONNECTING;
            try (Share<Route, Link> share = connections.share(route, progress, patience())) {
                Lease<Route, Link> own = share.lease();
                if (own != null) {
                    return alone(own, share.connection(), share.joined());
                }
                try {
                    return stream(share.connection());
                } catch (IOException e) {
                    if (!first || !mayTryAgain(e, share.joined())) {
                        throw e;
                    }
                }
            }
        }
    }

    private boolean mayTryAgain(IOException e, boolean joined) {
        return !isInterrupted()
                && switch (e) {
                    case UnprocessedException _ -> true;
                    // It is about this request, and would be so again.
                    case Content.UnreadableException _ -> false;
                    case StreamResetException _ -> false;
                    case MalformedException _ -> false;
                    default -> joined && progress.stage == Stage.SENDING;
                };
    }

    /// On a connection of its own.
    ///
    /// @param kept what is there; null for nothing
    /// @param old  whether it was there before
    private Reply alone(Lease<Route, Link> lease, @Nullable Link kept, boolean old)
            throws InterruptedException, IOException, HttpException {
        try {
            return switch (begin(lease, kept, old)) {
                case HttpConnection connection -> answer(lease, connection);
                case Http2Link link -> {
                    Reply reply = stream(link);
                    if (link.capacity() > 0) {
                        lease.keep(null);
                    }
                    yield reply;
                }
            };
        } catch (IOException e) {
            Answer early = earlyAnswer(lease.connection());
            lease.fail();
            if (early != null) {
                return early;
            }
            throw e;
        }
    }

    /// A connection on which the request was written, if it speaks HTTP/1.1; a new one if an old one breaks before all
    /// of it was.
    private Link begin(Lease<Route, Link> lease, @Nullable Link kept, boolean old)
            throws IOException, HttpException, InterruptedException {
        if (kept != null) {
            try {
                writeTo(kept);
                return kept;
            } catch (IOException e) {
                if (!old || isInterrupted() || e instanceof Content.UnreadableException) {
                    throw e;
                }
            }
        }
        Duration patience = patience();
        Link made = lease.connect(patience, () -> connections.connect(route, progress, patience));
        writeTo(made);
        return made;
    }

    private void writeTo(Link link) throws IOException, HttpException {
        if (link instanceof HttpConnection connection) {
            write(connection);
        }
    }

    private void write(HttpConnection connection) throws IOException, HttpException {
        goOn(connection);
        ClassicHttpRequest request = request(call);
        long before = connection.sentBytes();
        try {
            connection.sendRequestHeader(request);
            if (request.getEntity() != null) {
                connection.sendRequestEntity(request);
            }
            connection.flush();
            progress.stage = Stage.ANSWERING;
        } finally {
            bytesSent = connection.sentBytes() - before;
        }
    }

    private void goOn(Link link) {
        progress.stage = Stage.SENDING;
        remoteAddress = link.remoteAddress();
        tls = link.session();
    }

    private Reply answer(Lease<Route, Link> lease, HttpConnection connection) throws IOException, HttpException {
        if (!awaitFirstByte(connection)) {
            return new NoAnswer(TransportFaults.noFirstByte());
        }
        ResponseReader reader = reader(connection);
        Answer answer = reader.read();
        if (reader.reusable()) {
            lease.keep(KeepAlive.parse(answer.header("Keep-Alive")));
        }
        return answer;
    }

    /// Over HTTP/2, beside others.
    private Reply stream(Link link) throws IOException, InterruptedException {
        if (!(link instanceof Http2Link(Http2Connection connection))) {
            throw new IllegalStateException("only HTTP/2 connections are shared");
        }
        goOn(link);
        long began = System.nanoTime();
        Http2Stream stream = connection.open(http2Headers(), call.body(), call.download() != null);
        // What was not sent when it is closed never will be.
        try (stream) {
            stream.send();
            if (!stream.awaitHead(call.timeouts().firstByte())) {
                return new NoAnswer(TransportFaults.noFirstByte());
            }
            progress.clock.firstByte(stream.sentAt() == 0 ? began : stream.sentAt());
            return new Answer(stream.status(), stream.headers(), body(stream));
        } finally {
            bytesSent = stream.bytesSent();
            if (stream.mayBeProcessed()) {
                progress.stage = Stage.ANSWERING;
            }
        }
    }

    private List<Header> http2Headers() {
        HttpTarget target = call.target();
        long length = call.body() == null ? -1 : call.body().size();
        return RequestHead.of(call.method(), target.authority(), target.path(), call.headers(), length);
    }

    private Bytes body(Http2Stream stream) throws IOException {
        if (call.download() != null && stream.status() == HttpStatus.SC_OK) {
            call.download().take(stream.body());
            return Bytes.of(new byte[0]);
        }
        return ResponseReader.beginning(stream.body(), call.keepBody()).start();
    }

    /// Whether something came before the timeout: an answer, or the connection's end
    private boolean awaitFirstByte(HttpConnection connection) throws IOException {
        long sent = System.nanoTime();
        Duration limit = call.timeouts().firstByte();
        boolean came = connection.isDataAvailable(Timeout.of(limit));
        if (!came && System.nanoTime() - sent >= limit.toNanos()) {
            return false;
        }
        progress.clock.firstByte(sent);
        return true;
    }

    private ResponseReader reader(HttpConnection connection) {
        connection.setSocketTimeout(Timeout.of(remaining()));
        return new ResponseReader(connection, call);
    }

    /// A receiver may refuse a request before it has read all of it, and close: then its answer says more than
    /// the error.
    private @Nullable Answer earlyAnswer(@Nullable Link link) {
        if (progress.stage != Stage.SENDING || isInterrupted() || !(link instanceof HttpConnection connection)) {
            return null;
        }
        try {
            if (!connection.isDataAvailable(EARLY_ANSWER)) {
                return null;
            }
            Answer answer = reader(connection).read();
            return answer.status() >= HttpStatus.SC_BAD_REQUEST ? answer : null;
        } catch (IOException | HttpException e) {
            return null;
        }
    }

    private Duration patience() {
        return least(call.timeouts().connect(), remaining());
    }

    private Duration remaining() {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
