package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.Change;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A database with events in it, for tests of other packages.
public final class SeededDatabase {

    private SeededDatabase() {}

    public static void write(Database database, List<? extends Change> changes) {
        var writer = new BatchWriter(database);
        long next = writer.positions(Map.of(Batches.ATTEMPTS, 0L)).getOrDefault(Batches.ATTEMPTS, 0L);
        writer.write(Batches.of(Batches.ATTEMPTS, next, changes), Instant.EPOCH);
    }
}
