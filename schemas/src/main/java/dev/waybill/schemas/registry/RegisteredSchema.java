package dev.waybill.schemas.registry;

import org.apache.avro.Schema;

/// A schema as a subject's version names it.
public record RegisteredSchema(int id, int version, Schema schema) {}
