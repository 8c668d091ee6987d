package dev.waybill.worker.sink.aws;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Runs a connection test, which may begin on any thread, where connections are made: on a virtual one.
public final class OnVirtualThread {

    private OnVirtualThread() {}

    /// Waits for it; an interrupt ends it.
    public static <T> T call(Callable<T> test) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(test);
        Thread thread = Thread.ofVirtual().name("waybill-connection-test").start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the connection test failed", e.getCause());
        }
    }
}
