/// The processes that a benchmark runs on, and the CPU each of them takes.
@NullMarked
package dev.waybill.bench.bed;

import org.jspecify.annotations.NullMarked;
