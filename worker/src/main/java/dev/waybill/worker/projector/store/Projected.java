package dev.waybill.worker.projector.store;

/// What became of a batch.
public sealed interface Projected {

    /// It is in the database, all of it.
    ///
    /// @param rows rows inserted or changed
    /// @param refused claims on a destination of another organization
    /// @param expired events older than the retention, left out
    /// @param quarantined records that could not be projected
    record Written(int rows, int refused, int expired, int quarantined) implements Projected {

        Written plus(Written other) {
            return new Written(
                    rows + other.rows,
                    refused + other.refused,
                    expired + other.expired,
                    quarantined + other.quarantined);
        }
    }

    /// Somebody else got further with one of its partitions: nothing of it was written.
    record Discarded() implements Projected {}
}
