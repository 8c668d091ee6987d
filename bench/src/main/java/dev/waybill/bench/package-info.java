/// Benchmarks of whole deliveries, and their command line.
@NullMarked
package dev.waybill.bench;

import org.jspecify.annotations.NullMarked;
