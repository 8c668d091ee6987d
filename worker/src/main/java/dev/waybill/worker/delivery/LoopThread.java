package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The platform thread of a loop. A loop that fails is closed and opened anew after a pause: whatever it held
/// comes back from the log.
public final class LoopThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

    /// Long enough not to hammer a broker that refuses, short enough to heal soon.
    static final Duration RESTART_PAUSE = Duration.ofSeconds(2);

    /// Bound of a stop: the drain, a last transaction and leaving the group.
    static final Duration STOP_MAX = Duration.ofSeconds(20);

    private final Thread thread;
    private final Supplier<Loop> loops;
    private volatile boolean stopping;
    private volatile long lastStepNanos = System.nanoTime();

    public LoopThread(String name, Supplier<Loop> loops) {
        this.loops = loops;
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    public LoopThread start() {
        thread.start();
        return this;
    }

    public String name() {
        return thread.getName();
    }

    /// How long ago the loop last came round; a watchdog takes a long time as a sign that it hangs.
    public Duration sinceLastStep() {
        return Duration.ofNanos(System.nanoTime() - lastStepNanos);
    }

    private void run() {
        while (!stopping) {
            try (Loop loop = loops.get()) {
                while (!stopping) {
                    loop.step();
                    lastStepNanos = System.nanoTime();
                }
            } catch (RuntimeException | Error e) {
                LOG.error("{} failed and is started again", thread.getName(), e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(RESTART_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            if (!thread.join(STOP_MAX)) {
                LOG.warn("{} did not stop within {} s; it is interrupted", thread.getName(), STOP_MAX.toSeconds());
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
