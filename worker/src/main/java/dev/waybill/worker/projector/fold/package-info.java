/// What events mean for rows: pure functions over the projector's own records. No clock, no thread, no database.
@NullMarked
package dev.waybill.worker.projector.fold;

import org.jspecify.annotations.NullMarked;
