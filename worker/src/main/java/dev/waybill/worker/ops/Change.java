package dev.waybill.worker.ops;

import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// One record for a configuration topic.
///
/// @param value null deletes the key
record Change(String topic, String key, @Nullable SpecificRecord value) {}
