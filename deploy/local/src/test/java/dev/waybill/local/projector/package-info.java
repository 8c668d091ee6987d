/// The projector on a real broker, a real registry and a real Postgres.
@NullMarked
package dev.waybill.local.projector;

import org.jspecify.annotations.NullMarked;
