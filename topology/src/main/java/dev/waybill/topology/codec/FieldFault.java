package dev.waybill.topology.codec;

/// What is wrong with one field of a record.
///
/// @param path  where it is, such as `conditions.windows[1].zone`
/// @param fault what is wrong, and what would be right
public record FieldFault(String path, String fault) {

    @Override
    public String toString() {
        return path + ": " + fault;
    }
}
