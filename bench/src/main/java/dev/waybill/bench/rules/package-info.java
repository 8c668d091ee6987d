/// What default-destination rules cost: to resolve by, to hold in memory, to read again at a start.
@NullMarked
package dev.waybill.bench.rules;

import org.jspecify.annotations.NullMarked;
