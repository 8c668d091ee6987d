/// Talks to a Confluent-compatible schema registry: a bounded cache over a small REST client, and one in memory for
/// tests.
@NullMarked
package dev.waybill.schemas.registry;

import org.jspecify.annotations.NullMarked;
