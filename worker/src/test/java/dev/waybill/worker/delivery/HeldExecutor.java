package dev.waybill.worker.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// Holds what it is given until it is told to run some of it, in any order.
final class HeldExecutor extends AbstractExecutorService {

    private final List<Runnable> held = new ArrayList<>();
    private boolean shutDown;

    @Override
    public void execute(Runnable command) {
        if (shutDown) {
            throw new RejectedExecutionException();
        }
        held.add(command);
    }

    int held() {
        return held.size();
    }

    void runOne(Random random) {
        if (!held.isEmpty()) {
            held.remove(random.nextInt(held.size())).run();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutDown = true;
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
