package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.pool.BackingOffException;
import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.pool.Share;
import dev.waybill.worker.pool.SlowPeerException;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpResult.Reply;
import dev.waybill.worker.sink.http.h2.MalformedException;
import dev.waybill.worker.sink.http.h2.StreamResetException;
import dev.waybill.worker.sink.http.h2.UnprocessedException;
import dev.waybill.worker.sink.inflight.InFlight;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.jspecify.annotations.Nullable;

/// One request on its way: leases, connects, sends, reads. Lives on one thread, for one call.
final class HttpExchange {

    private final Connections connections;
    private final Route route;
    private final HttpCall call;
    private final Progress progress;
    private final long end;
    private final Http1Conversation http1;
    private final Http2Conversation http2;

    HttpExchange(Connections connections, Route route, HttpCall call, InFlight inFlight) {
        this.connections = connections;
        this.route = route;
        this.call = call;
        this.progress = new Progress(inFlight);
        this.end = System.nanoTime() + call.timeouts().total().toNanos();
        this.http1 = new Http1Conversation(call, progress, end);
        this.http2 = new Http2Conversation(call, progress);
    }

    HttpResult run() throws InterruptedException {
        Reply reply = reply();
        return new HttpResult(reply, progress.clock.phases(), progress.bytesSent, progress.remoteAddress, progress.tls);
    }

    private Reply reply() throws InterruptedException {
        try {
            return converse();
        } catch (InterruptedException e) {
            return new NoAnswer(interrupted());
        } catch (TimeoutException e) {
            return new NoAnswer(DialFaults.noConnectionFree());
        } catch (IOException | HttpException e) {
            return new NoAnswer(progress.isInterrupted() ? interrupted() : failed(e));
        }
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
            case DialException dial -> DialFaults.of(dial);
            case Content.UnreadableException unreadable -> Failures.unreadable(unreadable);
            case BackingOffException waiting -> DialFaults.backingOff(waiting);
            case SlowPeerException _ -> TransportFaults.timedOut(Stage.CONNECTING);
            case UnprocessedException refused -> TransportFaults.unprocessed(refused);
            case MalformedException _ when progress.stage == Stage.ANSWERING -> TransportFaults.notHttp();
            case HttpException _ -> TransportFaults.notHttp();
            case MessageConstraintException _ -> TransportFaults.notHttp();
            default -> TransportFaults.broken(progress.stage, e);
        };
    }

    private Reply converse() throws InterruptedException, TimeoutException, IOException, HttpException {
        if (Thread.interrupted()) {
            // It shows only where the thread has to wait, and a quick receiver may never let it.
            throw new InterruptedException();
        }
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
                    return http2.on((Http2Link) share.connection());
                } catch (IOException e) {
                    if (!first || !mayTryAgain(e, share.joined())) {
                        throw e;
                    }
                }
            }
        }
    }

    private boolean mayTryAgain(IOException e, boolean joined) {
        return !progress.isInterrupted()
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
                case HttpConnection connection -> http1.read(connection, lease);
                case Http2Link link -> {
                    Reply reply = http2.on(link);
                    if (!link.isOver()) {
                        lease.keep(null);
                    }
                    yield reply;
                }
            };
        } catch (IOException e) {
            Answer early = http1.earlyAnswer(lease.connection());
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
                writeOn(kept);
                return kept;
            } catch (IOException e) {
                if (!old || progress.isInterrupted() || e instanceof Content.UnreadableException) {
                    throw e;
                }
            }
        }
        Duration patience = patience();
        Link made = lease.connect(patience, () -> connections.connect(route, progress, patience));
        writeOn(made);
        return made;
    }

    private void writeOn(Link link) throws IOException, HttpException {
        if (link instanceof HttpConnection connection) {
            http1.write(connection);
        }
    }

    /// How long to wait for a connection.
    private Duration patience() {
        Duration left = Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
        Duration connect = call.timeouts().connect();
        return connect.compareTo(left) <= 0 ? connect : left;
    }
}
