/// The real parts a worker needs, in this process or started by it: a KRaft broker, Postgres, a schema registry.
@NullMarked
package dev.waybill.local.embedded;

import org.jspecify.annotations.NullMarked;
