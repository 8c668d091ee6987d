/// What a user would write without Waybill: reads records, POSTs them, writes a result and a log row.
@NullMarked
package dev.waybill.bench.peer;

import org.jspecify.annotations.NullMarked;
