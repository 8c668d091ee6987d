/// The SPI of the sinks: what a provider implements, and what the delivery loop promises it.
@NullMarked
package dev.waybill.worker.sink;

import org.jspecify.annotations.NullMarked;
