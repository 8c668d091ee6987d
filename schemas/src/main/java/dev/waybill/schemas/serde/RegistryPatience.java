package dev.waybill.schemas.serde;

import dev.waybill.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.function.Supplier;

/// Asks again while the registry is away, for a bounded time.
record RegistryPatience(Duration limit) {

    /// Between two questions; the client's own short retries come first.
    static final Duration PAUSE = Duration.ofMillis(250);

    <T> T ask(Supplier<T> question) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return question.get();
            } catch (RegistryUnavailableException e) {
                if (System.nanoTime() + PAUSE.toNanos() > end
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private static void pause(RegistryUnavailableException reason) {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw reason;
        }
    }
}
