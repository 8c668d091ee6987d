package dev.waybill.worker.projector.adopt;

/// What one run carried over.
///
/// @param destinations stubs, until their configuration is put
/// @param defaults     default destinations
/// @param logs         rows that were moved into the partitioned table
public record Adopted(long destinations, long defaults, long logs) {

    public static final Adopted NOTHING = new Adopted(0, 0, 0);
}
