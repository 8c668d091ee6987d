/// What the decisions are made of: immutable values, free of Avro and Kafka.
@NullMarked
package dev.waybill.topology.model;

import org.jspecify.annotations.NullMarked;
