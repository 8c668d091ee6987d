/// Where the generated Avro classes stop: records on the wire in, values of the model out, and back.
@NullMarked
package dev.waybill.topology.codec;

import org.jspecify.annotations.NullMarked;
