/// A small schema registry that speaks Confluent's API and keeps its state on a Kafka topic, in their layout.
@NullMarked
package dev.waybill.local.embedded.registry;

import org.jspecify.annotations.NullMarked;
