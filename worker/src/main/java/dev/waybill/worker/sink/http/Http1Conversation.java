package dev.waybill.worker.sink.http;

import dev.waybill.worker.pool.Lease;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpResult.Reply;
import java.io.IOException;
import java.time.Duration;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// One request and its answer over HTTP/1.1, on a connection of its own.
final class Http1Conversation {

    /// A receiver that refuses a request while it is being sent answers before it closes; longer is not worth
    /// the slot.
    private static final Timeout EARLY_ANSWER = Timeout.ofMilliseconds(500);

    private final HttpCall call;
    private final Progress progress;
    private final long end;

    /// The parts of one call.
    ///
    /// @param end when all of it must be over, in nanoseconds of the system's clock
    Http1Conversation(HttpCall call, Progress progress, long end) {
        this.call = call;
        this.progress = progress;
        this.end = end;
    }

    void write(HttpConnection connection) throws IOException, HttpException {
        progress.sendOn(connection);
        ClassicHttpRequest request = request();
        long before = connection.sentBytes();
        try {
            connection.sendRequestHeader(request);
            if (request.getEntity() != null) {
                connection.sendRequestEntity(request);
            }
            connection.flush();
            progress.stage = Stage.ANSWERING;
        } finally {
            progress.bytesSent = connection.sentBytes() - before;
        }
    }

    private ClassicHttpRequest request() {
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

    /// Reads the answer to what was written, and says whether the connection stays.
    Reply read(HttpConnection connection, Lease<Route, Link> lease) throws IOException, HttpException {
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
        long left = Math.max(1_000_000, end - System.nanoTime());
        connection.setSocketTimeout(Timeout.of(Duration.ofNanos(left)));
        return new ResponseReader(connection, call);
    }

    /// A receiver may refuse a request before it has read all of it, and close: then its answer says more than
    /// the error.
    @Nullable
    Answer earlyAnswer(@Nullable Link link) {
        if (progress.stage != Stage.SENDING
                || progress.isInterrupted()
                || !(link instanceof HttpConnection connection)) {
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
}
