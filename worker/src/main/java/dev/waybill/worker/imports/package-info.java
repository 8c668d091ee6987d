/// Carries the configuration of another system over into Waybill, by REST.
@NullMarked
package dev.waybill.worker.imports;

import org.jspecify.annotations.NullMarked;
