package dev.waybill.worker.imports;

import java.util.List;
import java.util.Map;

/// Rows of the other database, as they were at one moment.
record Source(List<Destination> destinations, List<Default> defaults) {

    /// A destination.
    ///
    /// @param values what is there and not null, as text
    record Destination(String id, String organization, Map<Field, String> values) {

        /// Settings may be secrets.
        @Override
        public String toString() {
            return "Destination[" + id + " of " + organization + "]";
        }
    }

    /// A default destination; the list has those of an organization in the order in which they were made.
    record Default(String organization, String destinationId, boolean isPrimary) {}
}
