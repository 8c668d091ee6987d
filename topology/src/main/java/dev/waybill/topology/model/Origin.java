package dev.waybill.topology.model;

/// Where a request was read from.
public record Origin(String topic, int partition, long offset) {}
