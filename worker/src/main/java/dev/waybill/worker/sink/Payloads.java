package dev.waybill.worker.sink;

import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where the bytes of a delivery come from. Thread-safe.
public interface Payloads {

    /// Knows only what is in the request itself.
    Payloads INLINE = payload -> payload.body() == null
            ? new Fetched.Missing(Failures.payloadByReference())
            : new Fetched.There(new Content.Inline(payload.body()), null, () -> {});

    /// Gets what a request refers to, which may take as long as its source does.
    ///
    /// @throws InterruptedException if the worker is stopping
    Fetched fetch(Payload payload) throws InterruptedException;

    /// How long [#fetch] may take at most.
    default Duration longest() {
        return Duration.ZERO;
    }

    /// What came of it.
    sealed interface Fetched {

        /// The bytes are there until they are given back.
        ///
        /// @param sha256 in lower-case hex; null for an inline payload, whose hash the router has taken
        record There(Content content, @Nullable String sha256, Runnable giveBack) implements Fetched, AutoCloseable {
            @Override
            public void close() {
                giveBack.run();
            }
        }

        /// They are not, and this is what it means for the delivery. The destination has no part in it.
        record Missing(Outcome.Failed outcome) implements Fetched {}
    }
}
