package dev.waybill.worker.sink.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The calls of one sink that are in flight, so that closing the sink ends them.
public final class Calls implements AutoCloseable {

    private final Set<InFlight> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    void begin(InFlight call) {
        running.add(call);
        if (closed) {
            call.abort(InFlight.Abort.CLOSED);
        }
    }

    void end(InFlight call) {
        running.remove(call);
    }

    /// Ends all calls, and every one that begins later.
    @Override
    public void close() {
        closed = true;
        running.forEach(call -> call.abort(InFlight.Abort.CLOSED));
    }
}
