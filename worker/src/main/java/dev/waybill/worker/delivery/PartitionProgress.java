package dev.waybill.worker.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// How far one assigned partition has come. Confined to the loop's thread.
///
/// Its epoch changes with every assignment, so that what was begun under an earlier one can be told apart.
final class PartitionProgress {

    private final int epoch;
    private final OffsetMap restored;
    /// Admitted offsets that are not known to be committed, with the sizes of their tasks.
    private final TreeMap<Long, Integer> unfinished = new TreeMap<>();
    private long position;
    private long bytes;

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
    void admit(long offset, int size) {
        position = offset + 1;
        unfinished.put(offset, size);
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
            Integer size = unfinished.remove(offset);
            bytes -= size == null ? 0 : size;
        }
    }
}
