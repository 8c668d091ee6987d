/// Metrics, traces and logs. The parts that are observed declare what they want to tell; here it becomes OpenTelemetry.
@NullMarked
package dev.waybill.worker.telemetry;

import org.jspecify.annotations.NullMarked;
