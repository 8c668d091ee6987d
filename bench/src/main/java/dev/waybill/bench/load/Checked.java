package dev.waybill.bench.load;

/// What is in order about a run.
///
/// @param repeated    requests beyond the first accepted one of a delivery
/// @param millisToRow from append to the commit of the row that says that it was delivered
/// @param rowsBehind  seconds from the last receipt to the last row
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Checked(long repeated, double[] millisToRow, double rowsBehind) {}
