/// REST, health and telemetry.
@NullMarked
package dev.waybill.worker.ops;

import org.jspecify.annotations.NullMarked;
