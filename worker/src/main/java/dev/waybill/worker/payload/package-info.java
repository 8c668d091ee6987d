/// Payloads by reference: which may be opened, and how their bytes come here without ever being in memory as a whole.
@NullMarked
package dev.waybill.worker.payload;

import org.jspecify.annotations.NullMarked;
