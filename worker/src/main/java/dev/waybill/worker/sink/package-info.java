/// The sink SPI: what a provider implements, and the contract it obeys.
@NullMarked
package dev.waybill.worker.sink;

import org.jspecify.annotations.NullMarked;
