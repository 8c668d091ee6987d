package dev.waybill.worker.projector.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// Takes everything a publisher has and waits for its end; until a deadline, then it cancels. To its end: a publisher
/// that is cancelled after its first element may leave undone what comes after, a commit for instance.
final class Awaiting<T> implements Subscriber<T> {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();
    private final List<T> elements = new ArrayList<>();
    private volatile @Nullable Throwable failure;

    private Awaiting() {}

    /// Waits on the calling thread, which should be a virtual one.
    ///
    /// @param deadline by [System#nanoTime]
    static <T> List<T> all(Publisher<? extends T> publisher, long deadline)
            throws InterruptedException, TimeoutException, Failure {
        var awaiting = new Awaiting<T>();
        publisher.subscribe(awaiting);
        boolean ended = false;
        try {
            ended = awaiting.ended.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
            if (!ended) {
                awaiting.cancel();
            }
        }
        if (!ended) {
            throw new TimeoutException();
        }
        Throwable failure = awaiting.failure;
        if (failure != null) {
            throw new Failure(failure);
        }
        return awaiting.elements;
    }

    private void cancel() {
        Subscription current = subscription.get();
        if (current != null) {
            current.cancel();
        }
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription.set(given);
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(T element) {
        elements.add(element);
    }

    @Override
    public void onError(Throwable error) {
        failure = error;
        ended.countDown();
    }

    @Override
    public void onComplete() {
        ended.countDown();
    }

    /// The publisher's own error.
    static final class Failure extends Exception {

        private static final long serialVersionUID = 1L;

        private final Throwable error;

        Failure(Throwable error) {
            super(error);
            this.error = error;
        }

        Throwable error() {
            return error;
        }
    }
}
