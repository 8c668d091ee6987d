package dev.waybill.worker.sink.http;

import dev.waybill.worker.sink.inflight.Calls;
import dev.waybill.worker.sink.inflight.Deadlines;
import dev.waybill.worker.sink.inflight.InFlight;
import dev.waybill.worker.sink.tls.Tls;
import dev.waybill.worker.sink.tls.TlsIdentity;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// What one sink makes its requests with: connections it trusts, and the list of requests in flight.
public final class HttpLine implements AutoCloseable {

    private final Connections connections;
    private final Deadlines deadlines;
    private final Tls anonymous;
    private final HttpVersion version;
    private final Calls calls = new Calls();
    /// The last one that was used. One line rarely has more than one, and making one takes milliseconds.
    private volatile Tls tls;

    HttpLine(Connections connections, Deadlines deadlines, Tls anonymous, HttpVersion version) {
        this.connections = connections;
        this.deadlines = deadlines;
        this.anonymous = anonymous;
        this.version = version;
        this.tls = anonymous;
    }

    /// Makes one request and waits for its answer, for the call's total timeout at most. Whatever goes wrong is
    /// in the result.
    ///
    /// @throws InterruptedException  if the caller was interrupted
    /// @throws IllegalStateException on a platform thread: interrupting one does not end what it waits for
    public HttpResult exchange(HttpCall call) throws InterruptedException {
        return exchange(call, null);
    }

    /// The same as somebody, on connections that nobody else uses.
    ///
    /// @param identity null for nobody
    public HttpResult exchange(HttpCall call, @Nullable TlsIdentity identity) throws InterruptedException {
        if (!Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("requests are made on virtual threads");
        }
        Route route = new Route(call.target().origin(), tls(identity), version);
        InFlight inFlight = new InFlight();
        calls.begin(inFlight);
        Future<?> deadline = deadlines.abortAfter(call.timeouts().total(), inFlight, InFlight.Abort.TOTAL_TIMEOUT);
        try {
            return new HttpExchange(connections, route, call, inFlight).run();
        } finally {
            deadline.cancel(false);
            calls.end(inFlight);
            inFlight.end();
        }
    }

    private Tls tls(@Nullable TlsIdentity identity) {
        if (identity == null) {
            return anonymous;
        }
        Tls last = tls;
        if (!identity.equals(last.identity())) {
            last = new Tls(anonymous.trust(), identity);
            tls = last;
        }
        return last;
    }

    /// Ends the requests in flight.
    @Override
    public void close() {
        calls.close();
    }
}
