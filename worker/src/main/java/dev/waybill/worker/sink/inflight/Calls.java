package dev.waybill.worker.sink.inflight;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The calls of one sink that are in flight, so that closing the sink ends them.
public final class Calls implements AutoCloseable {

    private final Set<InFlight> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// A call begins; one of a closed sink is ended at once.
    public void begin(InFlight call) {
        running.add(call);
        if (closed) {
            call.abort(InFlight.Abort.CLOSED);
        }
    }

    public void end(InFlight call) {
        running.remove(call);
    }

    /// Ends all calls, and every one that begins later.
    @Override
    public void close() {
        closed = true;
        running.forEach(call -> call.abort(InFlight.Abort.CLOSED));
    }
}
