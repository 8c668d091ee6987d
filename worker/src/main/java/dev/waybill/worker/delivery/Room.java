package dev.waybill.worker.delivery;

/// What is left to be admitted.
///
/// @param tasks of one partition
/// @param bytes of the whole loop
record Room(int tasks, long bytes) {}
