/// Connections that are kept: bounds, health, age, and what to do about a peer that takes none. It knows no protocol;
/// whoever speaks one says how a connection is made and whether it still works.
@NullMarked
package dev.waybill.worker.pool;

import org.jspecify.annotations.NullMarked;
