/// The one way out: resolves, checks and connects; used by every provider that opens a connection.
@NullMarked
package dev.waybill.worker.sink.egress;

import org.jspecify.annotations.NullMarked;
