package dev.waybill.worker.ops;

/// One thing that is wrong with a request.
///
/// @param field   path of the field, for example `settings.url` or `primary[0]`
/// @param message what is expected
record Fault(String field, String message) {}
