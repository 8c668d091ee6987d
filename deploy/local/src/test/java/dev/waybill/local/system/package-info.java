/// System tests: a real broker, a real Postgres, workers as processes of their own that are killed and stopped.
@NullMarked
package dev.waybill.local.system;

import org.jspecify.annotations.NullMarked;
