package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.pool.BackingOffException;
import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpResult.Reply;
import java.io.IOException;
import java.time.Duration;
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
    private final ClassicHttpRequest request;
    private final Progress progress;
    private final long end;
    private long bytesSent;
    private @Nullable String remoteAddress;
    private @Nullable SSLSession tls;

    HttpExchange(Connections connections, TlsTrust trust, HttpCall call, InFlight inFlight) {
        this.connections = connections;
        this.route = new Route(call.target().origin(), trust);
        this.call = call;
        this.request = request(call);
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
            case HttpException _ -> TransportFaults.notHttp();
            case MessageConstraintException _ -> TransportFaults.notHttp();
            default -> TransportFaults.broken(progress.stage, e);
        };
    }

    private Reply converse() throws InterruptedException, TimeoutException, IOException, HttpException {
        try (Lease<Route, HttpConnection> lease =
                connections.lease(route, call.timeouts().connect())) {
            try {
                HttpConnection connection = send(lease);
                if (!awaitFirstByte(connection)) {
                    return new NoAnswer(TransportFaults.noFirstByte());
                }
                ResponseReader reader = reader(connection);
                Answer answer = reader.read();
                if (reader.reusable()) {
                    lease.keep(KeepAlive.parse(answer.header("Keep-Alive")));
                }
                return answer;
            } catch (IOException e) {
                Answer early = earlyAnswer(lease.connection());
                lease.fail();
                if (early != null) {
                    return early;
                }
                throw e;
            }
        }
    }

    /// Sends the request; on a new connection if a pooled one breaks before all of it was written.
    private HttpConnection send(Lease<Route, HttpConnection> lease)
            throws IOException, HttpException, InterruptedException {
        HttpConnection kept = call.fresh() ? null : lease.reuse();
        if (kept != null) {
            try {
                write(kept);
                return kept;
            } catch (IOException e) {
                if (isInterrupted() || e instanceof Content.UnreadableException) {
                    throw e;
                }
            }
        }
        Duration patience = least(call.timeouts().connect(), remaining());
        HttpConnection made = lease.connect(patience, () -> connections.connect(route, progress, patience));
        write(made);
        return made;
    }

    private void write(HttpConnection connection) throws IOException, HttpException {
        progress.stage = Stage.SENDING;
        remoteAddress = connection.remoteAddress();
        tls = connection.getSSLSession();
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
        return new ResponseReader(connection, request, call);
    }

    /// A receiver may refuse a request before it has read all of it, and close: then its answer says more than
    /// the error.
    private @Nullable Answer earlyAnswer(@Nullable HttpConnection connection) {
        if (progress.stage != Stage.SENDING || isInterrupted() || connection == null) {
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

    private Duration remaining() {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
