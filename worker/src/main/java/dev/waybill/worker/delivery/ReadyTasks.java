package dev.waybill.worker.delivery;

import dev.waybill.worker.sink.BatchLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tasks of a lane that may start, or gather until they leave together. Guarded by the lock of [Lanes].
///
/// ```
///   part of a refused batch ──► again ─────────────────────────┬──► leaves first
///   goes alone ───────────────► alone ─────────────────────────┼──► the older of both heads
///   may have company ─────────► gathering ──full, or due──► ───┘
/// ```
final class ReadyTasks {

    private record Ready(Work work, long since) {}

    /// A test of something that has been ready for some time.
    interface Which {
        boolean test(Work work, long since);
    }

    private final Deque<List<Ready>> again = new ArrayDeque<>();
    private final Deque<Ready> alone = new ArrayDeque<>();
    private final Deque<Ready> gathering = new ArrayDeque<>();
    private long gatheredBytes;
    private long gatheredIds;
    private boolean hurried;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Work work, long now) {
        if (work.batch() == null) {
            alone.add(new Ready(work, now));
        } else {
            gathering.add(new Ready(work, now));
            gatheredBytes += work.payloadSize();
            gatheredIds += work.idSize();
        }
        size++;
    }

    /// Takes a part of a refused batch, which leaves as it is.
    void addAgain(List<Work> part, long now) {
        again.add(part.stream().map(work -> new Ready(work, now)).toList());
        size += part.size();
    }

    /// What gathers waits for no more company, because there is no room for it.
    ///
    /// @return whether it waited for any
    boolean hurry() {
        boolean before = hurried;
        hurried = !gathering.isEmpty();
        return hurried && !before;
    }

    /// When something may leave, now or before if it may already; null if there is nothing.
    @Nullable
    Long leavesAt(BatchSize batchSize, long now) {
        if (!again.isEmpty() || !alone.isEmpty()) {
            return now;
        }
        return gathering.isEmpty() ? null : (Long) gatheredAt(batchSize, now);
    }

    boolean mayLeave(BatchSize batchSize, long now) {
        Long at = leavesAt(batchSize, now);
        return at != null && at - now <= 0;
    }

    private long gatheredAt(BatchSize batchSize, long now) {
        Ready head = gathering.element();
        BatchLimits limits = limits(head);
        boolean full = hurried
                || gathering.size() >= batchSize.count(limits)
                || gatheredBytes >= batchSize.bytes(limits)
                || gatheredIds >= limits.ids();
        return full ? now : head.since() + limits.linger().toNanos();
    }

    /// Takes out what leaves next; only when it [#mayLeave].
    List<Work> take(BatchSize batchSize, long now) {
        List<Work> works;
        if (!again.isEmpty()) {
            works = again.remove().stream().map(Ready::work).toList();
        } else if (leavesAlone(batchSize, now)) {
            works = List.of(alone.remove().work());
        } else {
            works = gather(batchSize);
        }
        size -= works.size();
        return works;
    }

    private boolean leavesAlone(BatchSize batchSize, long now) {
        if (alone.isEmpty() || gathering.isEmpty()) {
            return !alone.isEmpty();
        }
        return alone.element().since() - gathering.element().since() <= 0 || gatheredAt(batchSize, now) - now > 0;
    }

    private List<Work> gather(BatchSize batchSize) {
        Work first = gathering.element().work();
        BatchLimits limits = limits(gathering.element());
        int count = batchSize.count(limits);
        long bytes = batchSize.bytes(limits);
        List<Work> works = new ArrayList<>(Math.min(count, gathering.size()));
        long sum = 0;
        long ids = 0;
        do {
            Work work = gathering.remove().work();
            works.add(work);
            sum += work.payloadSize();
            ids += work.idSize();
        } while (works.size() < count && nextFits(first, bytes - sum, limits.ids() - ids));
        gatheredBytes -= sum;
        gatheredIds -= ids;
        hurried = false;
        return works;
    }

    private boolean nextFits(Work first, long room, long idRoom) {
        Ready next = gathering.peek();
        return next != null
                && next.work().payloadSize() <= room
                && next.work().idSize() <= idRoom
                && next.work().goesWith(first);
    }

    private static BatchLimits limits(Ready one) {
        BatchLimits limits = one.work().batch();
        if (limits == null) {
            throw new IllegalStateException("what goes alone does not gather");
        }
        return limits;
    }

    /// Takes out what matches.
    List<Work> remove(Which which) {
        List<Work> removed = new ArrayList<>();
        again.forEach(part -> removed.addAll(matching(part, which)));
        if (!removed.isEmpty()) {
            List<List<Ready>> rest = again.stream()
                    .map(part -> part.stream()
                            .filter(one -> !which.test(one.work(), one.since()))
                            .toList())
                    .filter(part -> !part.isEmpty())
                    .toList();
            again.clear();
            again.addAll(rest);
        }
        for (Deque<Ready> queue : List.of(alone, gathering)) {
            for (Iterator<Ready> each = queue.iterator(); each.hasNext(); ) {
                Ready one = each.next();
                if (which.test(one.work(), one.since())) {
                    each.remove();
                    removed.add(one.work());
                }
            }
        }
        size -= removed.size();
        gatheredBytes =
                gathering.stream().mapToLong(one -> one.work().payloadSize()).sum();
        gatheredIds = gathering.stream().mapToLong(one -> one.work().idSize()).sum();
        hurried &= !gathering.isEmpty();
        return removed;
    }

    private static List<Work> matching(List<Ready> part, Which which) {
        return part.stream()
                .filter(one -> which.test(one.work(), one.since()))
                .map(Ready::work)
                .toList();
    }
}
