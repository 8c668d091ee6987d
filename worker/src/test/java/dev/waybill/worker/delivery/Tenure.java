package dev.waybill.worker.delivery;

import java.util.LinkedHashSet;
import java.util.Set;

/// One assignment of a partition to one worker.
final class Tenure {

    /// How it came to its end.
    enum End {
        /// It has not.
        NONE,
        /// Everything that had begun was written.
        CLEAN,
        /// Something was left to be done again.
        UNCLEAN
    }

    final Object worker;
    final int partition;
    final OffsetMap committed;
    /// Attempted, and not known to have an outcome.
    final Set<TaskId> open = new LinkedHashSet<>();
    /// Those of them whose attempts have ended.
    final Set<TaskId> ended = new LinkedHashSet<>();
    End end = End.NONE;

    Tenure(Object worker, int partition, OffsetMap committed) {
        this.worker = worker;
        this.partition = partition;
        this.committed = committed;
    }

    void done(TaskId task) {
        open.remove(task);
        ended.remove(task);
    }
}
