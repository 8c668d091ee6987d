/// Decides: routing, policy and settlement as plain functions, and the one class that draws the topology. No I/O.
@NullMarked
package dev.waybill.topology;

import org.jspecify.annotations.NullMarked;
