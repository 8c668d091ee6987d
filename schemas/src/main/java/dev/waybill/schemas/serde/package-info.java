/// Avro records in Confluent's wire format: as Kafka serdes loaded by name, and as
/// [dev.waybill.schemas.serde.AvroCodec]
/// for code that handles bytes itself.
@NullMarked
package dev.waybill.schemas.serde;

import org.jspecify.annotations.NullMarked;
