package dev.waybill.worker.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Holds what it is given until it is told to go on with some of it, in any order: either from its start to its end, or
/// from one [#pause] to the next, so that several are under way at the same time. Only one thread is ever at work.
///
/// @param <S> what is noted when a command is given
final class HeldExecutor<S> extends AbstractExecutorService {

    /// One command, and whoever may run: its thread, or the one that let it go on.
    private final class Held {

        private final Runnable command;
        private final S stamp;
        private final Semaphore mayGoOn = new Semaphore(0);
        private final Semaphore mayReturn = new Semaphore(0);
        private final List<Runnable> whenEnded = new ArrayList<>();
        /// Whether it has a thread of its own and stops where it says so.
        private boolean inSteps;
        private boolean ended;

        Held(Runnable command, S stamp) {
            this.command = command;
            this.stamp = stamp;
        }

        void run() {
            command.run();
            ended = true;
            whenEnded.forEach(Runnable::run);
        }

        void goOn() {
            if (inSteps) {
                mayGoOn.release();
            } else {
                inSteps = true;
                Thread.startVirtualThread(() -> {
                    try {
                        run();
                    } finally {
                        ended = true;
                        mayReturn.release();
                    }
                });
            }
            mayReturn.acquireUninterruptibly();
        }

        void pause() throws InterruptedException {
            mayReturn.release();
            mayGoOn.acquireUninterruptibly();
            if (shutDown) {
                throw new InterruptedException("the worker is stopping");
            }
        }
    }

    private final Supplier<S> stamps;
    private final List<Held> held = new ArrayList<>();
    private @Nullable Held current;
    private boolean shutDown;

    HeldExecutor(Supplier<S> stamps) {
        this.stamps = stamps;
    }

    @Override
    public void execute(Runnable command) {
        if (shutDown) {
            throw new RejectedExecutionException();
        }
        held.add(new Held(command, stamps.get()));
    }

    /// Commands that have not ended.
    int held() {
        return held.size();
    }

    /// Runs one of them from its start to its end, on the caller's thread.
    void runOne(Random random) {
        Held one = held.remove(random.nextInt(held.size()));
        Held before = current;
        current = one;
        try {
            one.run();
        } finally {
            current = before;
        }
    }

    /// Goes on with one of them.
    void goOn(Random random) {
        if (held.isEmpty()) {
            return;
        }
        Held one = held.remove(random.nextInt(held.size()));
        Held before = current;
        current = one;
        try {
            if (one.inSteps || random.nextBoolean()) {
                one.goOn();
            } else {
                one.run();
            }
        } finally {
            current = before;
        }
        if (!one.ended) {
            held.add(one);
        }
    }

    /// Called by a command: others may go on meanwhile.
    ///
    /// @return false if this one runs to its end
    /// @throws InterruptedException if it is shut down
    boolean pause() throws InterruptedException {
        Held one = current();
        if (!one.inSteps) {
            return false;
        }
        one.pause();
        return true;
    }

    /// Called by a command.
    ///
    /// @return what was noted when it was given
    S stamp() {
        return current().stamp;
    }

    /// Called by a command.
    void whenEnded(Runnable action) {
        current().whenEnded.add(action);
    }

    private Held current() {
        if (current == null) {
            throw new AssertionError("only a held command calls this");
        }
        return current;
    }

    /// What has not begun never does; what has is interrupted and comes to its end.
    @Override
    public List<Runnable> shutdownNow() {
        shutDown = true;
        List<Held> begun = held.stream().filter(one -> one.inSteps).toList();
        held.clear();
        for (Held one : begun) {
            current = one;
            while (!one.ended) {
                one.goOn();
            }
        }
        current = null;
        return List.of();
    }

    @Override
    public void shutdown() {
        shutDown = true;
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public boolean isTerminated() {
        return shutDown && held.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
