/// Projects events into Postgres; a read model, rebuilt from topics.
@NullMarked
package dev.waybill.worker.projector;

import org.jspecify.annotations.NullMarked;
