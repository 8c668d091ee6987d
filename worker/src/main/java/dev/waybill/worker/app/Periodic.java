package dev.waybill.worker.app;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does something now and then on a virtual thread, until it is closed.
final class Periodic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Periodic.class);

    private final Thread thread;

    /// Starts; the first time is one interval from now.
    Periodic(String name, Duration interval, Runnable work) {
        thread = Thread.ofVirtual().name(name).start(() -> run(interval, work));
    }

    private static void run(Duration interval, Runnable work) {
        try {
            while (true) {
                Thread.sleep(interval);
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.error(
                            "{} failed; it is tried again",
                            Thread.currentThread().getName(),
                            e);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
