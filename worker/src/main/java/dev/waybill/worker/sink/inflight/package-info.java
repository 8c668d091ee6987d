/// Calls of any protocol that are being made, and how they are ended from outside: by a deadline, or because
/// their sink is closed.
@NullMarked
package dev.waybill.worker.sink.inflight;

import org.jspecify.annotations.NullMarked;
