/// How rows get into Postgres: statements of jOOQ over R2DBC. Reactive types end inside
/// [Database][dev.waybill.worker.projector.store.Database] and the classes it hides.
@NullMarked
package dev.waybill.worker.projector.store;

import org.jspecify.annotations.NullMarked;
