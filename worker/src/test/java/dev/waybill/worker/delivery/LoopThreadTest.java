package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopThreadTest {

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();

    /// Fails once at its tenth step, and then no more.
    private Loop open() {
        int number = opened.incrementAndGet();
        seen.add("open " + number);
        return new Loop() {
            private int steps;

            @Override
            public void step() {
                if (number == 1 && ++steps == 10) {
                    throw new IllegalStateException("the loop fails");
                }
                Thread.onSpinWait();
            }

            @Override
            public void close() {
                seen.add("close " + number);
            }
        };
    }

    @Test
    void aLoopThatFailsIsClosedAndOpenedAnew() {
        try (LoopThread thread = new LoopThread("test-loop", this::open).start()) {
            await().atMost(Duration.ofSeconds(10)).until(() -> opened.get() == 2);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> thread.sinceLastStep().compareTo(Duration.ofMillis(500)) < 0);
            assertThat(thread.name()).isEqualTo("test-loop");
        }
        assertThat(seen).containsExactly("open 1", "close 1", "open 2", "close 2");
    }

    @Test
    void aLoopThatCannotOpenIsTriedAgain() {
        AtomicInteger tries = new AtomicInteger();
        try (LoopThread thread = new LoopThread("test-loop", () -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("no broker");
            }
            return open();
        })) {
            thread.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> tries.get() == 2);
        }
    }

    @Test
    void aStopIsNoticedWhileAFailedLoopRests() {
        LoopThread thread = new LoopThread("test-loop", () -> {
                    opened.incrementAndGet();
                    throw new IllegalStateException("no broker");
                })
                .start();
        await().until(() -> opened.get() == 1);

        long begun = System.nanoTime();
        thread.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LoopThread.RESTART_PAUSE.plusSeconds(3));
        assertThat(opened).hasValue(1);
    }
}
