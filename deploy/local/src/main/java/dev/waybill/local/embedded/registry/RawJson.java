package dev.waybill.local.embedded.registry;

/// A text that is JSON already.
record RawJson(String text) {}
