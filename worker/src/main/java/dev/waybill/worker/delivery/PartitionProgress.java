package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/// How far one assigned partition has come. Confined to the loop's thread.
///
/// Its epoch changes with every assignment, so that what was begun under an earlier one can be told apart.
final class PartitionProgress {

    private final int epoch;
    private final OffsetMap restored;
    /// An admitted task: its size, and since when.
    private record Admitted(int size, long at) {}

    /// Admitted offsets that are not known to be committed.
    private final TreeMap<Long, Admitted> unfinished = new TreeMap<>();
    private long position;
    private long bytes;
    private long warnedOf = -1;

    /// Starts where the previous owner had come.
    ///
    /// @param restored what it had committed
    PartitionProgress(int epoch, OffsetMap restored) {
        this.epoch = epoch;
        this.restored = restored;
        this.position = restored.prefix();
    }

    int epoch() {
        return epoch;
    }

    /// Leaves out the next record of the partition, if an earlier owner has done it already.
    ///
    /// @return false if it has not
    boolean skip(long offset) {
        if (!restored.isDone(offset)) {
            return false;
        }
        position = offset + 1;
        return true;
    }

    /// Takes the next record of the partition.
    void admit(long offset, int size, long now) {
        position = offset + 1;
        unfinished.put(offset, new Admitted(size, now));
        bytes += size;
    }

    /// Whether one more may be admitted, so that the map of them all can still be committed in full.
    boolean hasRoom(int admittedMax) {
        return unfinished.isEmpty()
                || (unfinished.size() < admittedMax
                        && OffsetMap.fits(unfinished.size() + 1, position - unfinished.firstKey()));
    }

    /// Admitted and not known to be committed.
    int admitted() {
        return unfinished.size();
    }

    /// How long the first unfinished task, which holds the committed offset, has been here.
    Duration headAge(long now) {
        return unfinished.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(now - unfinished.firstEntry().getValue().at());
    }

    /// The offset of the first unfinished task; empty if there is none, or it was asked for before.
    OptionalLong newHead() {
        if (unfinished.isEmpty() || unfinished.firstKey() == warnedOf) {
            return OptionalLong.empty();
        }
        warnedOf = unfinished.firstKey();
        return OptionalLong.of(warnedOf);
    }

    /// Offsets after the first unfinished one that are done already.
    long doneAhead() {
        return unfinished.isEmpty() ? 0 : position - unfinished.firstKey() - unfinished.size();
    }

    /// Size of what is admitted.
    long bytes() {
        return bytes;
    }

    /// The map to commit together with what these offsets ended with.
    OffsetMap mapWith(Collection<Long> ended) {
        TreeSet<Long> undone = new TreeSet<>(unfinished.keySet());
        undone.removeAll(ended);
        List<Long> ahead = restored.position() > position
                ? restored.undone().stream()
                        .filter(offset -> offset >= position)
                        .toList()
                : List.of();
        // What an earlier owner left undone further ahead has not been polled again yet.
        undone.addAll(ahead);
        long reached = Math.max(position, restored.position());
        return undone.isEmpty()
                ? OffsetMap.upTo(reached)
                : new OffsetMap(undone.first(), reached, new ArrayList<>(undone));
    }

    /// These offsets are committed as done.
    void committed(Collection<Long> ended) {
        for (Long offset : ended) {
            Admitted done = unfinished.remove(offset);
            bytes -= done == null ? 0 : done.size();
        }
    }
}
