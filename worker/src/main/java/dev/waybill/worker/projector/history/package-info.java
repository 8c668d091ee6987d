/// The read side: what became of one delivery.
@NullMarked
package dev.waybill.worker.projector.history;

import org.jspecify.annotations.NullMarked;
