package dev.waybill.worker.sink.file;

import dev.waybill.topology.model.Origin;
import dev.waybill.worker.sink.Attempt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The segments that one sink appends to: as many as batches are written at a time, since each call has one for itself
/// and gives it back for the next. One that is large or old enough is sealed and not given to another call.
final class Segments {

    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    /// So that an index is read and repaired in memory, however small the payloads are.
    private static final int COUNT_MAX = 100_000;

    /// Deliveries that this sink has written lately: one that comes again at once, because its outcome could not be
    /// written, is not appended again. One that comes later, or to another process, is, under the same id.
    private static final int REMEMBERED_MAX = 10_000;

    /// When a segment takes no more.
    ///
    /// @param bytes of payloads; the batch that reaches it is the last
    /// @param age   since its first payload, after which it is sealed even if nothing comes
    record Limits(long bytes, Duration age) {}

    /// One delivery. Its id may be used again for another one when it is forgotten; its request's place may not.
    private record Written(String deliveryId, Origin request) {

        static Written of(Attempt attempt) {
            return new Written(attempt.delivery().id(), attempt.delivery().origin());
        }
    }

    private final Disk disk;
    private final SegmentFormat format;
    private final Limits limits;
    private final InstantSource clock;
    private final Executor whenOld;
    private final List<SegmentFile> free = new ArrayList<>();
    private final Set<Written> written = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Written, Boolean> eldest) {
            return size() > REMEMBERED_MAX;
        }
    });
    private boolean closed;

    Segments(Disk disk, SegmentFormat format, Limits limits, InstantSource clock) {
        this.disk = disk;
        this.format = format;
        this.limits = limits;
        this.clock = clock;
        this.whenOld = CompletableFuture.delayedExecutor(
                limits.age().toMillis(),
                TimeUnit.MILLISECONDS,
                task -> Thread.ofVirtual().start(task));
    }

    /// Writes a batch into one segment of the directory; it stays there after a power failure.
    ///
    /// @throws UnsureException if readers may have seen some of it
    /// @throws IOException     if they have certainly not
    void append(Path directory, List<Attempt> batch) throws IOException {
        List<Attempt> fresh = fresh(batch);
        if (fresh.isEmpty()) {
            return;
        }
        SegmentFile segment = take(directory);
        try {
            segment.append(Members.of(format, fresh, segment.size()));
        } catch (IOException e) {
            abandon(segment);
            throw e;
        }
        giveBack(segment, fresh);
    }

    private synchronized List<Attempt> fresh(List<Attempt> batch) {
        return batch.stream().filter(one -> !written.contains(Written.of(one))).toList();
    }

    private SegmentFile take(Path directory) {
        synchronized (this) {
            for (Iterator<SegmentFile> all = free.iterator(); all.hasNext(); ) {
                SegmentFile one = all.next();
                if (one.isIn(directory) && !isFull(one)) {
                    all.remove();
                    return one;
                }
            }
        }
        SegmentFile segment = new SegmentFile(disk, directory, format, clock.instant(), System.nanoTime());
        whenOld.execute(() -> sealIfFree(segment));
        return segment;
    }

    private void giveBack(SegmentFile segment, List<Attempt> batch) {
        boolean full;
        synchronized (this) {
            batch.forEach(one -> written.add(Written.of(one)));
            full = closed || isFull(segment);
            if (!full) {
                free.add(segment);
            }
        }
        if (full) {
            seal(List.of(segment));
        }
    }

    private boolean isFull(SegmentFile segment) {
        return segment.size() >= limits.bytes() || segment.count() >= COUNT_MAX || isOld(segment);
    }

    private boolean isOld(SegmentFile segment) {
        return System.nanoTime() - segment.begunNanos() >= limits.age().toNanos();
    }

    /// One that is being written is sealed when it is given back.
    private void sealIfFree(SegmentFile segment) {
        boolean mine;
        synchronized (this) {
            mine = free.remove(segment);
        }
        if (mine) {
            seal(List.of(segment));
        }
    }

    /// One that cannot be sealed now keeps its name until it is swept; what its index tells of is there.
    private static void seal(List<SegmentFile> segments) {
        for (SegmentFile segment : segments) {
            try {
                segment.seal();
            } catch (IOException e) {
                LOG.warn("a segment cannot be sealed yet: {}", e.getMessage());
            }
        }
    }

    /// Nothing may follow what failed: a reader may have seen it.
    private static void abandon(SegmentFile segment) {
        boolean interrupted = Thread.interrupted();
        try {
            segment.sealWhatIsThere();
        } catch (IOException e) {
            LOG.warn("a segment cannot be sealed yet: {}", e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Seals all; those that are being written when they have been.
    void close() {
        List<SegmentFile> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(free);
            free.clear();
        }
        seal(all);
    }
}
