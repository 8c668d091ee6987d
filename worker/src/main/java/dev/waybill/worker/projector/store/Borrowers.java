package dev.waybill.worker.projector.store;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows who has a connection, and tells of one who keeps it for too long: where that thread is. A thread that is stuck
/// between two statements is bound by no deadline of theirs.
final class Borrowers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Borrowers.class);

    private final Duration tooLong;
    private final Set<Borrower> all = ConcurrentHashMap.newKeySet();
    private final Thread watch;

    /// Begins to watch.
    ///
    /// @param tooLong after which a borrower is told of
    Borrowers(Duration tooLong) {
        this.tooLong = tooLong;
        this.watch = Thread.ofVirtual().name("waybill-postgres-borrowers").start(this::watch);
    }

    /// One who has a connection.
    static final class Borrower {

        private final Thread thread = Thread.currentThread();
        private final long since = System.nanoTime();
        private boolean told;
    }

    Borrower borrow() {
        Borrower borrower = new Borrower();
        all.add(borrower);
        return borrower;
    }

    void giveBack(Borrower borrower) {
        all.remove(borrower);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(tooLong.dividedBy(2));
                all.forEach(this::check);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void check(Borrower borrower) {
        Duration held = Duration.ofNanos(System.nanoTime() - borrower.since);
        if (!borrower.told && held.compareTo(tooLong) >= 0) {
            borrower.told = true;
            log.warn(
                    "A connection to Postgres has been held for {} s by {}, which is at\n    {}",
                    held.toMillis() / 1_000.0,
                    borrower.thread.getName(),
                    Arrays.stream(borrower.thread.getStackTrace())
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining("\n    ")));
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
