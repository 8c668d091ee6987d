package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.pool.Pool;
import dev.waybill.worker.sink.inflight.Calls;
import dev.waybill.worker.sink.inflight.Deadlines;
import dev.waybill.worker.sink.inflight.InFlight;
import java.time.Duration;
import java.util.concurrent.Future;

/// What one sink sends its messages by, and the list of those in flight.
final class SmtpLine implements AutoCloseable {

    private final Pool<SmtpRoute, SmtpConnection> pool;
    private final SmtpConnector connector;
    private final Deadlines deadlines;
    private final Calls calls = new Calls();

    SmtpLine(Pool<SmtpRoute, SmtpConnection> pool, SmtpConnector connector, Deadlines deadlines) {
        this.pool = pool;
        this.connector = connector;
        this.deadlines = deadlines;
    }

    /// Something that may be ended from outside.
    interface Call<T> {
        T make(InFlight inFlight) throws InterruptedException;
    }

    /// Sends one message. Whatever goes wrong is in what it returns.
    ///
    /// @throws InterruptedException if the caller was interrupted
    Sent send(SmtpRoute route, OutgoingMessage message, SmtpExchange.Rules rules) throws InterruptedException {
        return within(
                rules.timeouts().total(),
                inFlight -> new SmtpExchange(pool, connector, route, message, rules, inFlight).run());
    }

    /// Makes a call that ends with a deadline, or with the sink.
    ///
    /// @throws IllegalStateException on a platform thread: interrupting one does not end what it waits for
    <T> T within(Duration total, Call<T> call) throws InterruptedException {
        if (!Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("messages are sent on virtual threads");
        }
        InFlight inFlight = new InFlight();
        calls.begin(inFlight);
        Future<?> deadline = deadlines.abortAfter(total, inFlight, InFlight.Abort.TOTAL_TIMEOUT);
        try {
            return call.make(inFlight);
        } finally {
            deadline.cancel(false);
            calls.end(inFlight);
            inFlight.end();
        }
    }

    SmtpConnector connector() {
        return connector;
    }

    /// Ends what is in flight.
    @Override
    public void close() {
        calls.close();
    }
}
