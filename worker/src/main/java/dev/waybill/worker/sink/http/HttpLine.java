package dev.waybill.worker.sink.http;

import java.util.concurrent.Future;

/// What one sink makes its requests with: connections it trusts, and the list of requests in flight.
public final class HttpLine implements AutoCloseable {

    private final Connections connections;
    private final Deadlines deadlines;
    private final TlsTrust trust;
    private final HttpVersion version;
    private final Calls calls = new Calls();

    HttpLine(Connections connections, Deadlines deadlines, TlsTrust trust, HttpVersion version) {
        this.connections = connections;
        this.deadlines = deadlines;
        this.trust = trust;
        this.version = version;
    }

    /// Makes one request and waits for its answer, for the call's total timeout at most. Whatever goes wrong is
    /// in the result.
    ///
    /// @throws InterruptedException  if the caller was interrupted
    /// @throws IllegalStateException on a platform thread: interrupting one does not end what it waits for
    public HttpResult exchange(HttpCall call) throws InterruptedException {
        if (!Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("requests are made on virtual threads");
        }
        Route route = new Route(call.target().origin(), trust, version);
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

    /// Ends the requests in flight.
    @Override
    public void close() {
        calls.close();
    }
}
